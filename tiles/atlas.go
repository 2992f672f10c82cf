package tiles

// Atlas encodes tiles and keeps between them what they have in common: the layers
// of the newest snapshots made ready to be cut. One atlas serves a whole program;
// it is safe for use by several goroutines. The zero value is ready for use.
type Atlas struct{}
