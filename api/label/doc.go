// Package label says which labels are printed and what stands on each: those of booths
// with their numbers, those of places whose code opens a page. It reads a snapshot and
// knows neither HTTP nor HTML. What stands on a label is public; printing them is
// office work.
package label
