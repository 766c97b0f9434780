package main

import (
	"fmt"
	"math"
	"regexp"
	"sort"
)

// schema is a JSON schema; only the keywords that values.schema.json uses are known, and any other is an error.
type schema map[string]interface{}

func (s schema) check(path string, value interface{}) []string {
	var problems []string
	report := func(format string, args ...interface{}) {
		problems = append(problems, fmt.Sprintf("%s: %s", pathOrRoot(path), fmt.Sprintf(format, args...)))
	}
	for keyword, limit := range s {
		switch keyword {
		case "$schema", "title", "description", "properties", "additionalProperties":
		case "type":
			if !isType(value, limit.(string)) {
				report("%v is not of type %s", value, limit)
				return problems
			}
		case "enum":
			if !contains(limit.([]interface{}), value) {
				report("%v is none of %v", value, limit)
			}
		case "pattern":
			if text, ok := value.(string); ok && !regexp.MustCompile(limit.(string)).MatchString(text) {
				report("%q does not match %s", text, limit)
			}
		case "minLength":
			if text, ok := value.(string); ok && float64(len(text)) < limit.(float64) {
				report("%q is shorter than %v", text, limit)
			}
		case "maxLength":
			if text, ok := value.(string); ok && float64(len(text)) > limit.(float64) {
				report("%q is longer than %v", text, limit)
			}
		case "minimum":
			if number, ok := value.(float64); ok && number < limit.(float64) {
				report("%v is less than %v", number, limit)
			}
		case "maximum":
			if number, ok := value.(float64); ok && number > limit.(float64) {
				report("%v is more than %v", number, limit)
			}
		case "required":
			object, _ := value.(map[string]interface{})
			for _, name := range limit.([]interface{}) {
				if _, found := object[name.(string)]; !found {
					report("%v is required", name)
				}
			}
		case "items":
			list, _ := value.([]interface{})
			for i, item := range list {
				problems = append(problems, schema(limit.(map[string]interface{})).check(fmt.Sprintf("%s[%d]", path, i), item)...)
			}
		default:
			report("values.schema.json uses the keyword %q, which this renderer does not know", keyword)
		}
	}
	if object, ok := value.(map[string]interface{}); ok {
		problems = append(problems, s.checkProperties(path, object)...)
	}
	sort.Strings(problems)
	return problems
}

func (s schema) checkProperties(path string, object map[string]interface{}) []string {
	var problems []string
	properties, _ := s["properties"].(map[string]interface{})
	for name, value := range object {
		inner := name
		if path != "" {
			inner = path + "." + name
		}
		if property, known := properties[name]; known {
			problems = append(problems, schema(property.(map[string]interface{})).check(inner, value)...)
			continue
		}
		switch others := s["additionalProperties"].(type) {
		case bool:
			if !others {
				problems = append(problems, fmt.Sprintf("%s: %s is not a value of this chart", pathOrRoot(path), name))
			}
		case map[string]interface{}:
			problems = append(problems, schema(others).check(inner, value)...)
		}
	}
	return problems
}

func isType(value interface{}, name string) bool {
	switch typed := value.(type) {
	case map[string]interface{}:
		return name == "object"
	case []interface{}:
		return name == "array"
	case string:
		return name == "string"
	case bool:
		return name == "boolean"
	case float64:
		return name == "number" || name == "integer" && typed == math.Trunc(typed)
	default:
		return name == "null"
	}
}

func contains(list []interface{}, value interface{}) bool {
	for _, item := range list {
		if item == value {
			return true
		}
	}
	return false
}

func pathOrRoot(path string) string {
	if path == "" {
		return "values"
	}
	return path
}
