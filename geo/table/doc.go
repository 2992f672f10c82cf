// Package table lays features out as rows of a table for people and for programs
// that read tables: a column a field, then columns of longitude and latitude for
// features that are one point and one of well-known text for others, whose titles
// name the coordinate system. What reads them back is data/files.
//
// It also writes such rows as comma-separated values. Other forms, as workbooks,
// take the cells.
package table
