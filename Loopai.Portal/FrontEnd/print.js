// Draws the charts of a page that is printed: the same options, and the same look, as on the portal's pages.
import { show } from "../wwwroot/js/chart.js";

document.querySelectorAll("[data-option]").forEach((element, index) => show(`p${index}`, element, JSON.parse(element.dataset.option)));
