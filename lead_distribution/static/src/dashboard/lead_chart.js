/* global Chart */
import {Component, onWillStart, onWillUnmount, useEffect, useRef, xml} from "@odoo/owl";
import {loadBundle} from "@web/core/assets";

/** A picture drawn by Odoo's own chart library, with its figures for who hears them. */
export class LeadChart extends Component {
    static props = {
        // What the library is told
        config: Object,
        // The same in words
        label: String,
        // In pixels
        height: {type: Number, optional: true},
    };
    static defaultProps = {height: 240};
    static template = xml`
        <div class="position-relative" t-attf-style="height: {{props.height}}px">
            <canvas t-ref="canvas" role="img" t-att-aria-label="props.label"/>
        </div>`;

    setup() {
        this.canvas = useRef("canvas");
        this.chart = null;
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [this.props.config]
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    draw() {
        this.chart?.destroy();
        const {color} = getComputedStyle(this.canvas.el);
        const {options, ...config} = this.props.config;
        this.chart = new Chart(this.canvas.el, {
            ...config,
            options: {
                animation: false,
                color,
                maintainAspectRatio: false,
                responsive: true,
                ...options,
            },
        });
    }
}
