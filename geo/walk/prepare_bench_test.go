package walk_test

import (
	"testing"

	"gridatlas/geo/street"
	"gridatlas/geo/walk"
)

func BenchmarkDemoBuild(b *testing.B) {
	s := city(b, "demo")
	for b.Loop() {
		street.Build(s, nil)
	}
}

func BenchmarkDemoPrepare(b *testing.B) {
	s := city(b, "demo")
	for b.Loop() {
		walk.Prepare(s, nil)
	}
}
