package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// parseObject reads YAML (or JSON) into JSON's types, as Helm does: every number is a float64.
func parseObject(text string) (map[string]interface{}, error) {
	var parsed map[string]interface{}
	if err := yaml.Unmarshal([]byte(text), &parsed); err != nil {
		return nil, err
	}
	normal, err := json.Marshal(parsed)
	if err != nil {
		return nil, err
	}
	result := map[string]interface{}{}
	err = json.Unmarshal(normal, &result)
	return result, err
}

// valuesWith is the chart's values, files over them, and --set over those.
func (c *chart) valuesWith(valueFiles, sets []string) (map[string]interface{}, error) {
	values := c.defaults
	for _, path := range valueFiles {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		overlay, err := parseObject(string(content))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		merge(values, overlay)
	}
	for _, set := range sets {
		key, value, found := strings.Cut(set, "=")
		if !found || key == "" {
			return nil, fmt.Errorf("--set %s: want KEY.KEY=VALUE", set)
		}
		keys := strings.Split(key, ".")
		var overlay interface{} = scalar(value)
		for i := len(keys) - 1; i >= 0; i-- {
			overlay = map[string]interface{}{keys[i]: overlay}
		}
		merge(values, overlay.(map[string]interface{}))
	}
	return values, nil
}

// merge lays an object over another: null takes a value away, objects are merged, everything else is replaced.
func merge(into, overlay map[string]interface{}) {
	for key, value := range overlay {
		object, isObject := value.(map[string]interface{})
		existing, wasObject := into[key].(map[string]interface{})
		switch {
		case value == nil:
			delete(into, key)
		case isObject && wasObject:
			merge(existing, object)
		default:
			into[key] = value
		}
	}
}

// scalar reads a value of --set the way Helm does: true, false, null, whole numbers, else text.
func scalar(text string) interface{} {
	switch text {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	}
	if number, err := strconv.ParseInt(text, 10, 64); err == nil && (text == "0" || text[0] != '0') {
		return float64(number)
	}
	return text
}
