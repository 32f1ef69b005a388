import {createRequire} from "module";
import path from "path";

// The lint tools are in the environment's folder, not beside this file.
const folder = process.env.LEAD_DISTRIBUTION_ENV || ".odoo";
const require = createRequire(path.resolve(folder, "node", "package.json"));
const globals = require("globals");

export default [
    {
        files: ["**/*.js"],
        languageOptions: {
            ecmaVersion: 2024,
            sourceType: "module",
            globals: {
                ...globals.browser,
                odoo: "readonly",
                luxon: "readonly",
                owl: "readonly",
            },
        },
        rules: {
            "array-callback-return": "error",
            "block-scoped-var": "error",
            "constructor-super": "error",
            curly: ["error", "all"],
            "dot-notation": "error",
            eqeqeq: "error",
            "no-caller": "error",
            "no-class-assign": "error",
            "no-cond-assign": "error",
            "no-const-assign": "error",
            "no-debugger": "error",
            "no-dupe-class-members": "error",
            "no-dupe-keys": "error",
            "no-empty": "error",
            "no-eval": "error",
            "no-extra-bind": "error",
            "no-fallthrough": "error",
            "no-implied-eval": "error",
            "no-redeclare": "error",
            "no-self-assign": "error",
            "no-shadow": "error",
            "no-this-before-super": "error",
            "no-undef": "error",
            "no-unreachable": "error",
            "no-unused-vars": "error",
            "no-use-before-define": "error",
            "no-useless-concat": "error",
            "no-var": "error",
            "prefer-const": "error",
            radix: "error",
            "use-isnan": "error",
        },
    },
];
