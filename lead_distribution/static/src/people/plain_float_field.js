import {FloatField, floatField} from "@web/views/fields/float/float_field";
import {formatFloat} from "@web/core/utils/numbers";
import {registry} from "@web/core/registry";

/**
 * @param {Number} value
 * @returns {String} as the reader writes it, without a zero behind the point
 */
export function plainFloat(value) {
    const rounded = Math.round(value * 10) / 10;
    return formatFloat(rounded, {digits: [16, Number.isInteger(rounded) ? 0 : 1]});
}

export class PlainFloatField extends FloatField {
    get formattedValue() {
        return plainFloat(this.props.record.data[this.props.name] || 0);
    }
}

registry.category("fields").add("lead_plain_float", {
    ...floatField,
    component: PlainFloatField,
});
