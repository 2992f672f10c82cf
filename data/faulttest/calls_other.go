//go:build !amd64

package faulttest

var legacy map[int32]call
