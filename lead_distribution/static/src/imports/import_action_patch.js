import {ImportAction} from "@base_import/import_action/import_action";

import {useService} from "@web/core/utils/hooks";
import {patch} from "@web/core/utils/patch";

// Rows that Odoo imports at once, and the fewest that a file of leads is cut into
const MOST = 2000;
const FEWEST = 200;
// In so many steps one sees how far a file is, and may stop it
const STEPS = 20;

/**
 * @param {Number} count rows of a file
 * @returns {Number} leads that are imported at once
 */
export function leadsAtOnce(count) {
    return Math.min(Math.max(Math.ceil(count / STEPS), FEWEST), MOST);
}

/** A file of leads says how far it is, and what came of it. */
patch(ImportAction.prototype, {
    setup() {
        super.setup();
        this.orm = useService("orm");
        this.leadLimit = MOST;
    },

    async handleFilesUpload(files) {
        await super.handleFilesUpload(files);
        const {limit} = this.model.importOptionsValues;
        // A number that somebody chose stays
        if (this.resModel === "crm.lead" && limit.value === this.leadLimit) {
            this.leadLimit = limit.value = leadsAtOnce(this.state.numRows || 0);
        }
    },

    async handleImport(isTest = true) {
        if (!isTest && this.resModel === "crm.lead") {
            // Odoo leaves whoever goes on where they are once all is imported
            this.state.isPaused = false;
        }
        return super.handleImport(isTest);
    },

    async openRecords(resIds) {
        if (this.resModel === "crm.lead") {
            const action = await this.orm.call(
                "lead.distribution.import",
                "action_of_file",
                [this.model.id]
            );
            if (action) {
                return this.actionService.doAction(action);
            }
        }
        return super.openRecords(resIds);
    },
});
