package hours

import "reflect"

// Equal reports whether two schedules have the same rules.
func Equal(a, b Schedule) bool { return reflect.DeepEqual(a, b) }
