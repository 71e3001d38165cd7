/** Numbers and times in words. The words of the interface are English; dates follow the page's language. */

const language = () => document.documentElement.lang || "en";

/** @type {(count: number, noun: string) => string} */
export const several = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

/** @type {(text: string) => string} */
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** @type {(date: Date) => string} */
export const day = (date) => date.toLocaleDateString(language(), { day: "numeric", month: "short" });

/** @type {(time: number) => string} */
export const moment = (time) => new Date(time).toLocaleString(language(), { dateStyle: "medium", timeStyle: "short" });
