import {_t} from "@web/core/l10n/translation";
import {getColor} from "@web/core/colors/colors";
import {plainFloat} from "@lead_distribution/people/plain_float_field";
import {user} from "@web/core/user";

const GOOD = "#1b7f4d";
const BAD = "#c0392b";
const SECONDS = 60;
const MINUTES_OF_AN_HOUR = 60;
const MINUTES_OF_A_DAY = 24 * MINUTES_OF_AN_HOUR;
// So many pixels a person has in a picture of people
const ROW = 28;

function palette(index) {
    return getColor(index, "light", "odoo");
}

/**
 * @param {Number|false} minutes
 * @returns {String} in the unit that fits, as the reader writes it: "45 min", "2.5 hr"
 */
export function shortTime(minutes) {
    if (minutes === false) {
        return "–";
    }
    let [value, unit] = [minutes, "minute"];
    if (minutes && minutes < 1) {
        [value, unit] = [minutes * SECONDS, "second"];
    } else if (minutes >= MINUTES_OF_A_DAY) {
        [value, unit] = [minutes / MINUTES_OF_A_DAY, "day"];
    } else if (minutes >= MINUTES_OF_AN_HOUR) {
        [value, unit] = [minutes / MINUTES_OF_AN_HOUR, "hour"];
    }
    const format = new Intl.NumberFormat(user.lang?.replace("_", "-") || undefined, {
        style: "unit",
        unit,
        unitDisplay: "short",
        maximumFractionDigits: value < 10 ? 1 : 0,
    });
    return format.format(value);
}

/**
 * @param {Number} kept
 * @param {Number} missed
 * @returns {String} of 100, or a dash where no clock ran out or was kept
 */
export function keptPercent(kept, missed) {
    return kept + missed ? `${Math.round((100 * kept) / (kept + missed))} %` : "–";
}

function said(labels, values) {
    return labels
        .map((label, index) => [label, values[index]])
        .filter(([, value]) => value)
        .map(([label, value]) => `${label}: ${value}`)
        .join(", ");
}

/**
 * @param {Object[]} bars as `lead.distribution.dashboard` counts them
 * @returns {Object} `config` of the picture, its `label` in words
 */
export function receivedChart(bars) {
    const labels = bars.map((bar) => bar.label);
    const data = bars.map((bar) => bar.received);
    return {
        label: said(labels, data),
        config: {
            type: "bar",
            data: {
                labels,
                datasets: [{label: _t("Received"), data, backgroundColor: palette(0)}],
            },
            options: {
                plugins: {legend: {display: false}},
                scales: {y: {beginAtZero: true, ticks: {precision: 0}}},
            },
        },
    };
}

/**
 * @param {Object[]} bars as `lead.distribution.dashboard` counts them
 * @returns {Object|false} see {@link receivedChart}; false where nothing was timed
 */
export function timesChart(bars) {
    const labels = bars.map((bar) => bar.label);
    const lines = [
        [_t("To the claim"), "claim", "circle", []],
        [_t("To the first follow-up"), "follow_up", "rectRot", [6, 4]],
    ].filter(([, key]) => bars.some((bar) => bar[key] !== false));
    if (!lines.length) {
        return false;
    }
    return {
        label: lines
            .map(([name, key]) => {
                const times = bars.map(
                    (bar) => bar[key] !== false && shortTime(bar[key])
                );
                return `${name}: ${said(labels, times)}`;
            })
            .join("; "),
        config: {
            type: "line",
            data: {
                labels,
                datasets: lines.map(([label, key, pointStyle, borderDash], index) => ({
                    label,
                    data: bars.map((bar) => (bar[key] === false ? null : bar[key])),
                    borderColor: palette(index),
                    backgroundColor: palette(index),
                    borderDash,
                    pointStyle,
                    pointRadius: 4,
                    spanGaps: true,
                })),
            },
            options: {
                plugins: {
                    legend: {position: "bottom", labels: {usePointStyle: true}},
                    tooltip: {
                        callbacks: {
                            label: (item) =>
                                `${item.dataset.label}: ${shortTime(item.raw)}`,
                        },
                    },
                },
                scales: {y: {beginAtZero: true, ticks: {callback: shortTime}}},
            },
        },
    };
}

/**
 * @param {Object[]} people as `lead.distribution.dashboard` counts them
 * @returns {Object|false} see {@link receivedChart}, with `height`; false where no clock
 * was kept or missed
 */
export function clocksChart(people) {
    const shown = people.filter((person) => person.kept + person.missed);
    if (!shown.length) {
        return false;
    }
    const labels = shown.map((person) => person.name);
    return {
        height: ROW * shown.length + 80,
        label: shown
            .map(
                ({name, kept, missed}) =>
                    `${name}: ${_t("%(kept)s in time, %(missed)s missed", {kept, missed})}`
            )
            .join(", "),
        config: {
            type: "bar",
            data: {
                labels,
                datasets: [
                    {
                        label: _t("In time"),
                        data: shown.map((person) => person.kept),
                        backgroundColor: GOOD,
                    },
                    {
                        label: _t("Missed"),
                        data: shown.map((person) => person.missed),
                        backgroundColor: BAD,
                    },
                ],
            },
            options: {
                indexAxis: "y",
                plugins: {legend: {position: "bottom"}},
                scales: {
                    x: {stacked: true, beginAtZero: true, ticks: {precision: 0}},
                    y: {stacked: true},
                },
            },
        },
    };
}

/**
 * @param {Object[]} fairness as `lead.distribution.dashboard` counts it
 * @returns {Object|false} see {@link clocksChart}; false where nobody was owed anything
 */
export function fairnessChart(fairness) {
    if (!fairness.length) {
        return false;
    }
    return {
        height: ROW * fairness.length + 50,
        label: fairness.map(({name, text}) => `${name}: ${text}`).join("; "),
        config: {
            type: "bar",
            data: {
                labels: fairness.map((person) => person.name),
                datasets: [
                    {
                        label: _t("Ahead"),
                        data: fairness.map((person) => person.ahead),
                        backgroundColor: fairness.map((person) =>
                            palette(person.ahead < 0 ? 1 : 0)
                        ),
                    },
                ],
            },
            options: {
                indexAxis: "y",
                plugins: {
                    legend: {display: false},
                    tooltip: {
                        callbacks: {label: (item) => fairness[item.dataIndex].text},
                    },
                },
                scales: {x: {ticks: {callback: plainFloat}}},
            },
        },
    };
}

/**
 * @param {Object[]} gaps as `lead.distribution.dashboard` counts them
 * @returns {Object[]} a row for each weekday: its name and 24 cells with the number, how
 * dark they are, and what they say
 */
export function gapRows(gaps) {
    const most = Math.max(...gaps.map((gap) => gap.number), 1);
    const days = luxon.Info.weekdays("short");
    return days.map((name, index) => {
        const cells = Array.from({length: 24}, (_unused, hour) => {
            const gap = gaps.find(
                (one) => one.weekday === index + 1 && one.hour === hour
            );
            const number = gap ? gap.number : 0;
            return {
                hour,
                number,
                shade: number ? 0.15 + (0.45 * number) / most : 0,
                text: _t("%(day)s, %(hour)s:00 – %(number)s", {
                    day: name,
                    hour,
                    number,
                }),
            };
        });
        return {name, cells};
    });
}
