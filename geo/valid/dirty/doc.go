// Package dirty makes coverages that are clean, and spoils them the way files do
// that people bring: slivers, wedges, spikes, missing and doubled members, corners
// on one side only. It knows the truth of each fault it plants, so tests can hold
// what checks and repairs of geo/valid find against it. It shares no code with
// them: its geometry is slow, plain and its own.
package dirty
