// Package find answers what residents type into a search field: features by name,
// code, number on a plate, pinyin or its initials, of one map in memory.
package find
