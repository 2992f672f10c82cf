package demo

// MadeAt is the fixed time of the change set.
var MadeAt = madeAt
