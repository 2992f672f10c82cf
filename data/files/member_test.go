package files

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// What we take apart is what encoding/json finds, for every valid JSON text.
func FuzzEachMember(f *testing.F) {
	f.Add(` { "a" : 1 , "b":"x\"y,}" ,"c":[1,{"d":null}],"d":{"e":[]}, "\u4e2d":true,"n":-1.5e3} `)
	f.Add(`{}`)
	f.Add(`{"a":{},"a":"twice"}`)
	f.Add(`[1]`)
	f.Add("{\"\xff\":\"\xff\xfe\"}")
	f.Fuzz(func(t *testing.T, text string) {
		var want map[string]any
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		if !json.Valid([]byte(text)) || decoder.Decode(&want) != nil {
			want = nil
		}
		got := map[string]any{}
		isObject := eachMember([]byte(text), func(name string, value []byte) { got[name] = valueOf(value) })
		if !json.Valid([]byte(text)) {
			return // it must only not panic
		}
		if isObject != (want != nil) || want != nil && !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	})
}
