import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// A portal's file is uploaded as it comes, tried, imported; what came of it is shown.
tours.add("lead_distribution_import", {
    steps: () => [
        {
            content: "Upload the file of a portal",
            trigger: ".o_import_file",
            run() {
                const text =
                    "Fecha;Referencia inmueble;Nombre;Apellidos;Correo;Mensaje\n" +
                    "20/11/2026 09:05;T-1;Eva;Ruiz;eva@tour.test;¿Visita?\n" +
                    "20/11/2026 09:06;T-1;;;;nobody\n";
                const transfer = new DataTransfer();
                transfer.items.add(new File([text], "portal.csv", {type: "text/csv"}));
                const input = document.querySelector(".o_file_input input[type=file]");
                input.files = transfer.files;
                input.dispatchEvent(new Event("change", {bubbles: true}));
            },
        },
        {
            content: "Its columns are known",
            trigger: ".o_import_action td:contains(Nombre, Apellidos)",
        },
        {
            trigger: ".o_control_panel button:contains(Test)",
            run: "click",
        },
        {
            trigger: ".alert:contains(Everything seems valid)",
        },
        {
            trigger: ".o_control_panel button:contains(Import)",
            run: "click",
        },
        {
            content: "What came of it",
            trigger: ".o_form_view .o_field_widget[name=refused_count]:contains(1)",
        },
        {
            trigger:
                ".o_data_row:has(td[name=row]:contains(3)):contains(does not say who is asking)",
        },
        {
            trigger: "button[name=action_open_leads]",
            run: "click",
        },
        {
            trigger:
                ".o_list_view .o_data_row:contains(Eva Ruiz), .o_kanban_record:contains(Eva Ruiz)",
        },
    ],
});

// A long file is imported in steps: one sees how far it is, stops it, and goes on.
tours.add("lead_distribution_import_long", {
    steps: () => [
        {
            content: "Upload a file of 700 leads",
            trigger: ".o_import_file",
            run() {
                const lines = Array.from(
                    {length: 700},
                    (_none, number) => `Ann ${number};ann${number}@long.test`
                );
                const text = ["Contact Name;Email", ...lines].join("\n");
                const transfer = new DataTransfer();
                transfer.items.add(new File([text], "long.csv", {type: "text/csv"}));
                const input = document.querySelector(".o_file_input input[type=file]");
                input.files = transfer.files;
                input.dispatchEvent(new Event("change", {bubbles: true}));
            },
        },
        {
            trigger: ".o_import_action td:contains(Ann 0)",
        },
        {
            content: "It says how far it is, and is stopped",
            trigger: ".o_control_panel button:contains(Import)",
            // A tour waits while the screen is blocked, which it is meanwhile
            async run({click}) {
                await click();
                let stop = null;
                while (!stop) {
                    await new Promise((resolve) => setTimeout(resolve, 20));
                    stop = document.querySelector(".o_progress_stop_import");
                }
                stop.click();
            },
            timeout: 60000,
        },
        {
            trigger: ".o_control_panel button:contains(Resume)",
            run: "click",
            timeout: 60000,
        },
        {
            content: "What came of it",
            trigger: "button[name=action_open_leads]",
            timeout: 60000,
        },
    ],
});

// A manager makes a webhook, copies its address, maps a key of the last call, and
// replaces the address.
tours.add("lead_distribution_webhook", {
    steps: () => [
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=name] input",
            run: "edit Forms of the shop",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "There is an address to copy",
            trigger:
                ".o_field_widget[name=address]:contains(/lead_distribution/intake/) .o_clipboard_button",
        },
        {
            trigger: ".o_notebook a:contains(Fields)",
            run: "click",
        },
        {
            trigger: ".o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=path] input",
            run: "edit visitor.mail",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "What the key says by itself",
            trigger:
                ".o_data_row:contains(visitor.mail) td[name=understood]:contains(Email)",
        },
        {
            trigger: "button[name=action_rotate]",
            run: "click",
        },
        {
            trigger: ".modal button:contains(Ok)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=previous_until]",
        },
    ],
});
