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
      "quiz-progress": custom,
    },
  ],
  rules: {},
});
