// Package match says which place on the map a row without coordinates means: it
// reads the texts of the row (community, compound, building number, street,
// landmark, name, free address, in characters or pinyin), finds what they name
// and ranks the candidates with a score and, in words, what speaks for and
// against each. It is sure only where a building, a named place or a described
// spot is found without doubt; everything else is for a person to decide.
//
// It knows no more than the map: an address is found by the names in it, not by
// a register of addresses. The method is plain: fold the ways of writing, cover
// the text with names of the map (exactly, then by sound, then with one character
// amiss, after W. Garbe's symmetric deletion), read numbers and directions from
// what is left, and compare what was found with the community that is stated.
package match
