import {describe, expect, test} from "@odoo/hoot";
import {clockColour} from "@lead_distribution/clock/clock_field";

const {DateTime} = luxon;

describe.current.tags("desktop");

test("a clock goes from green to red", () => {
    const start = DateTime.fromISO("2025-09-01T10:00:00");
    const deadline = start.plus({minutes: 100});
    const after = (minutes) => clockColour(start, deadline, start.plus({minutes}));
    expect(after(0)).toBe("lead_badge_good");
    expect(after(49)).toBe("lead_badge_good");
    expect(after(50)).toBe("text-bg-warning");
    expect(after(84)).toBe("text-bg-warning");
    expect(after(86)).toBe("text-bg-danger");
    expect(after(500)).toBe("text-bg-danger");
    expect(clockColour(false, deadline, start)).toBe("text-bg-danger");
});
