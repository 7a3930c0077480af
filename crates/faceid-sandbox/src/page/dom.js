// Elements without markup: whatever a value holds, it is text.

const SVG = 'http://www.w3.org/2000/svg';

// `on` is an event's name with what it does; false, null and undefined leave an attribute or a child out.
export function el(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

export const $ = (id) => document.getElementById(id);

// Changes a place; where that takes the focus away, `next` has it.
export function keepFocus(place, change, next) {
  const hadFocus = place.contains(document.activeElement);
  change();
  const { activeElement } = document;
  if (hadFocus && !(place.contains(activeElement) && activeElement.checkVisibility())) {
    next().focus({ preventScroll: true });
  }
}

function filled(element, { on = {}, ...attributes }, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value === true ? '' : value);
    }
  }
  for (const [event, listener] of Object.entries(on)) {
    element.addEventListener(event, listener);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== false && child !== null && child !== undefined));
  return element;
}
