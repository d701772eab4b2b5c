/* How texts stand out from their ground, as the browser has worked both out (contrast ratio of WCAG 2.1); put before a script. */
const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
const channels = (colour) => {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
};
const luminance = (colour) => channels(colour).slice(0, 3).map((value) => value / 255)
  .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
  .reduce((sum, value, place) => sum + value * [0.2126, 0.7152, 0.0722][place], 0);
const ground = (node) => {
  const own = node && getComputedStyle(node).backgroundColor;
  return !node ? 'white' : channels(own)[3] > 250 ? own : ground(node.parentElement);
};
/** Those of the nodes that hold a text themselves. */
const textsOf = (nodes) => nodes.filter((node) => !node.closest('option')
  && [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim() !== ''));
/** Ratio and beginning of those that stand out too little. */
const paleOf = (texts) => texts.map((node) => {
  const [one, other] = [luminance(getComputedStyle(node).color), luminance(ground(node))];
  return [(Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05), node.outerHTML.slice(0, 120)];
}).filter(([ratio]) => ratio < 4.5);
const isDark = () => luminance(getComputedStyle(document.body).backgroundColor) < 0.2;
