// What `make check` asks of every page as built. Each rule that is off has its reason beside it.
import { defineConfig } from "html-validate";

const custom = { flow: true, phrasing: false };

export default defineConfig({
  extends: ["html-validate:recommended", "html-validate:document"],
  elements: [
    "html5",
    {
      "quiz-question": custom,
      "quiz-hidden": custom,
      "quiz-card": custom,
      "quiz-set": custom,
      "quiz-code": custom,
      "quiz-lab": custom,
      "quiz-progress": custom,
      "quiz-due": { flow: true, phrasing: true },
      // Material leaves the attribute empty on the labels of its menu.
      label: { inherit: "label", attributes: { tabindex: { enum: ["", "/-?\\d+/"] } } },
    },
  ],
  rules: {
    // Matters of style in what Material and Python-Markdown write; browsers read both forms alike.
    "attribute-boolean-style": "off",
    "doctype-style": "off",
    "no-trailing-whitespace": "off",
    "void-style": "off",
    // Everything is served from the site itself: there is no other host to distrust.
    "require-sri": "off",
    // Material's ids begin with "__", footnotes' hold a colon: valid HTML.
    "valid-id": ["error", { relaxed: true }],
    // Material turns autocomplete off on its menu's check boxes.
    "valid-autocomplete": "off",
    // Material labels its menu's and tabs' inputs by icons and by titles.
    "input-missing-label": "off",
    // Without JavaScript a question has nothing to submit; quiz.js adds the Check button. Material's forms have none either.
    "wcag/h32": "off",
    // The check boxes of one question share its name, as radio buttons do.
    "form-dup-name": ["error", { shared: ["radio", "checkbox", "button", "reset", "submit"] }],
    // A table that scrolls sideways is a region so that the keyboard reaches it; it is no section of the text.
    "prefer-native-element": ["error", { exclude: ["region"] }],
    // Material's navigation repeats its own landmarks on a page with sub-pages.
    "unique-landmark": "off",
  },
});
