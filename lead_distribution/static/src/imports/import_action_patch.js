import {ImportAction} from "@base_import/import_action/import_action";

import {useService} from "@web/core/utils/hooks";
import {patch} from "@web/core/utils/patch";

/** After a file of leads: what came of it, instead of the list of its leads. */
patch(ImportAction.prototype, {
    setup() {
        super.setup();
        this.orm = useService("orm");
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
