/* A wall of tiles of which only those in sight, and a screen around them, are made. */

const gap = 8;
/** Browsers draw no element higher than 17 to 33 million pixels: beyond this the bar stands for a share of the way. */
const highest = 8_000_000;
/** Screens that are made beyond what is in sight: on the way that one goes, and behind. */
const ahead = 0.7;
const behind = 0.3;
const rest = 120;
/** Screens in one step beyond which tiles wait for rest before they ask for their pictures. */
const flight = 1.5;
/** On paper the tiles that are made stand one after the other (grid.css). */
const paper = matchMedia("print");

/** Lays out tiles by their place in an order. */
export class TileList {
  #scroller;
  #space;
  #tiles = new Map();
  #draw;
  #left;
  #range;
  #frame = 0;
  #resting = 0;
  #seen = 0;
  /** Where the top of what is seen lies, in pixels of the whole wall. */
  #top = 0;
  #isDown = true;
  #least = 150;
  #below = 64;
  #width = 0;
  #height = 0;
  #observer;

  count = 0;
  columns = 1;
  side = 150;
  isFlying = false;

  /**
   * @param draw makes the tile of a place; it is called anew by `refresh`
   * @param left gets the tile of a place that is out of sight and goes
   * @param range is called with the first place in sight, the one behind the last, and the same of what is made
   */
  constructor(scroller, draw, left, range) {
    this.#scroller = scroller;
    this.#draw = draw;
    this.#left = left;
    this.#range = range;
    this.#space = document.createElement("div");
    this.#space.className = "space";
    this.#space.setAttribute("role", "presentation");
    scroller.append(this.#space);
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#observer = new ResizeObserver(() => this.#resized());
    this.#observer.observe(scroller);
  }

  stop() {
    this.#observer.disconnect();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#resting);
  }

  /** @param least narrowest tile, @param below height of what stands below its picture; pixels */
  shape(least, below) {
    const place = this.first;
    this.#least = least;
    this.#below = below;
    this.#measure();
    this.#put(place);
  }

  /** Another order, or another number of rows: everything is made anew, from a place on. */
  reset(count, place = 0) {
    this.count = count;
    this.#clear();
    this.#measure();
    this.#put(place);
  }

  get first() { return Math.floor(this.#top / this.#stride) * this.columns; }
  get rowsInSight() { return Math.max(1, Math.floor(this.#height / this.#stride)); }
  tile(place) { return this.#tiles.get(place); }
  places() { return [...this.#tiles.keys()]; }

  /** Draws the tiles from one place to before another anew, as far as they are made. */
  refresh(first = 0, last = Infinity) {
    for (const [place, tile] of this.#tiles) {
      if (place < first || place >= last) continue;
      const fresh = this.#draw(place);
      fresh.style.cssText = tile.style.cssText;
      tile.replaceWith(fresh);
      this.#tiles.set(place, fresh);
    }
  }

  /** Scrolls no further than is needed to see all of a tile. */
  reveal(place) {
    const low = Math.floor(place / this.columns) * this.#stride;
    if (low < this.#top) this.#go(low);
    else if (low + this.#stride > this.#top + this.#height) this.#go(low + this.#stride - this.#height);
    else this.#render();
  }

  get #stride() { return this.side + this.#below + gap; }
  get #whole() { return Math.ceil(this.count / this.columns) * this.#stride; }
  get #drawn() { return Math.min(this.#whole, highest); }
  get #isScaled() { return this.#whole > highest; }
  get #lowest() { return Math.max(0, this.#whole - this.#height); }

  #measure() {
    this.#width = this.#scroller.clientWidth;
    this.#height = this.#scroller.clientHeight;
    this.columns = Math.max(1, Math.floor((this.#width - gap) / (this.#least + gap)));
    this.side = Math.floor((this.#width - gap * (this.columns + 1)) / this.columns);
    this.#space.style.height = `${this.#drawn + gap}px`;
  }

  #resized() {
    if (paper.matches) return;
    if (this.#scroller.clientWidth === this.#width) {
      this.#height = this.#scroller.clientHeight;
      return this.#render();
    }
    const place = this.first;
    this.#clear();
    this.#measure();
    this.#put(place);
  }

  #clear() {
    for (const tile of this.#tiles.values()) this.#drop(tile);
    this.#tiles.clear();
  }

  #drop(tile) {
    tile.remove();
    this.#left(tile);
  }

  #put(place) { this.#go(Math.floor(place / this.columns) * this.#stride); }

  #go(top) {
    this.#top = Math.min(Math.max(0, top), this.#lowest);
    this.#align();
    this.#render();
  }

  /** Sets the bar to where the wall is. */
  #align() {
    const reach = Math.max(1, this.#drawn - this.#height);
    this.#scroller.scrollTop = this.#isScaled ? (this.#top / this.#lowest) * reach : this.#top;
    this.#seen = this.#scroller.scrollTop;
    if (!this.#isScaled) this.#top = this.#seen;
  }

  #scrolled() {
    const now = this.#scroller.scrollTop;
    const by = now - this.#seen;
    if (by === 0) return;
    this.#seen = now;
    const before = this.#top;
    const reach = Math.max(1, this.#drawn - this.#height);
    if (!this.#isScaled) this.#top = now;
    else if (now <= 0) this.#top = 0;
    else if (now >= reach - 1) this.#top = this.#lowest;
    // A wheel or a finger moves by pixels; who drags the bar means a share of the way.
    else if (Math.abs(by) < 3 * this.#height) this.#top = Math.min(Math.max(0, before + by), this.#lowest);
    else this.#top = (now / reach) * this.#lowest;
    this.isFlying = Math.abs(this.#top - before) > flight * this.#height;
    this.#isDown = this.#top >= before;
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#render());
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.#rested(), rest);
  }

  #rested() {
    if (this.#isScaled) this.#align();
    const wasFlying = this.isFlying;
    this.isFlying = false;
    this.#render();
    if (wasFlying) this.refresh();
  }

  #render() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (this.#height === 0 || this.#width === 0) return;
    const stride = this.#stride;
    const rows = Math.ceil(this.count / this.columns);
    const [above, below] = this.#isDown ? [behind, ahead] : [ahead, behind];
    const from = Math.max(0, Math.floor((this.#top - above * this.#height) / stride));
    const to = Math.min(rows, Math.ceil((this.#top + (1 + below) * this.#height) / stride));
    const [first, last] = [from * this.columns, Math.min(this.count, to * this.columns)];
    for (const [place, tile] of this.#tiles) {
      if (place >= first && place < last) continue;
      this.#drop(tile);
      this.#tiles.delete(place);
    }
    const shift = this.#seen - this.#top + gap;
    const fresh = document.createDocumentFragment();
    for (let place = first; place < last; place += 1) {
      let tile = this.#tiles.get(place);
      if (!tile) {
        tile = this.#draw(place);
        this.#tiles.set(place, tile);
        fresh.append(tile);
      }
      const [row, column] = [Math.floor(place / this.columns), place % this.columns];
      const move = `translate(${gap + column * (this.side + gap)}px, ${Math.round(row * stride + shift)}px)`;
      if (tile.style.transform !== move) tile.style.transform = move;
      const width = `${this.side}px`;
      if (tile.style.width !== width) {
        tile.style.width = width;
        tile.style.height = `${this.side + this.#below}px`;
      }
    }
    this.#space.append(fresh);
    const low = Math.max(first, Math.floor(this.#top / stride) * this.columns);
    const high = Math.min(last, Math.ceil((this.#top + this.#height) / stride) * this.columns);
    this.#range(low, high, first, last);
  }
}
