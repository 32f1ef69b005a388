import {Component} from "@odoo/owl";
import {Dropdown} from "@web/core/dropdown/dropdown";
import {DropdownItem} from "@web/core/dropdown/dropdown_item";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** What tasks are about, and how they end; any other Font Awesome icon can be typed. */
const ICONS = [
    ...["check", "check-circle", "times", "times-circle", "thumbs-up", "thumbs-down"],
    ...["phone", "phone-square", "volume-control-phone", "mobile", "microphone-slash"],
    ...["envelope", "envelope-open", "comment", "comments", "whatsapp", "paper-plane"],
    ...[
        "calendar",
        "calendar-check-o",
        "calendar-times-o",
        "clock-o",
        "hourglass-half",
    ],
    ...["user", "user-plus", "user-times", "users", "handshake-o", "star", "heart"],
    ...["home", "building", "key", "map-marker", "car", "eye", "search", "camera"],
    ...["file-text-o", "pencil", "pencil-square-o", "money", "credit-card", "gift"],
    ...[
        "bell",
        "flag",
        "ban",
        "trash",
        "archive",
        "question-circle",
        "refresh",
        "undo",
    ],
].map((name) => `fa-${name}`);

/** A Char field with the class of a Font Awesome icon, chosen from a palette. */
export class IconField extends Component {
    static template = "lead_distribution.IconField";
    static components = {Dropdown, DropdownItem};
    static props = {...standardFieldProps};

    get icons() {
        return ICONS;
    }

    get value() {
        return this.props.record.data[this.props.name] || "";
    }

    get placeholder() {
        return _t("Icon");
    }

    nameOf(icon) {
        return icon.replace("fa-", "").replaceAll("-", " ");
    }

    choose(icon) {
        return this.props.record.update({[this.props.name]: icon});
    }
}

export const iconField = {
    component: IconField,
    displayName: _t("Icon"),
    supportedTypes: ["char"],
};

registry.category("fields").add("lead_icon", iconField);
