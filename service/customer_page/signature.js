// Lets the customer draw a signature; without this script the form is sent without a drawing.
"use strict";
const form = document.getElementById("signature");
const frame = form.querySelector(".drawing");
const canvas = frame.querySelector("canvas");
const pen = canvas.getContext("2d");
let drawn = false;

function clear() {
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  drawn = false;
}

function point(event) {
  const box = canvas.getBoundingClientRect();
  return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
}

canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  pen.lineWidth = 4;
  pen.lineCap = "round";
  pen.strokeStyle = "#000000";
  pen.beginPath();
  pen.moveTo(...point(event));
});
canvas.addEventListener("pointermove", (event) => {
  if (!canvas.hasPointerCapture(event.pointerId)) return;
  pen.lineTo(...point(event));
  pen.stroke();
  drawn = true;
});
frame.querySelector(".clear").addEventListener("click", clear);
form.addEventListener("submit", () => {
  form.elements.drawing.value = drawn ? canvas.toDataURL("image/png").split(",")[1] : "";
});
clear();
frame.hidden = false;
