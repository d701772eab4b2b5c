/* What the address says, once every part is there. */
decisions.restore();
filter.fromAddress();
viewer.fromAddress();
document.documentElement.dataset.ready = "true";
