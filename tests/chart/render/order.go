package main

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
)

// installOrder is Helm's: what others need comes first.
var installOrder = []string{
	"Namespace", "NetworkPolicy", "ResourceQuota", "LimitRange", "PodDisruptionBudget", "ServiceAccount", "Secret", "ConfigMap",
	"CustomResourceDefinition", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding", "Service", "Deployment",
	"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration",
}

var separator = regexp.MustCompile(`(?m)^---\s*$`)

type object struct {
	source, text string
	rank         int
}

// inInstallOrder splits what the templates rendered to into objects and puts them in the order they are installed in.
func inInstallOrder(rendered map[string]string) (string, error) {
	var objects []object
	for source, text := range rendered {
		if source == "NOTES.txt" {
			continue
		}
		for _, document := range separator.Split(text, -1) {
			parsed, err := parseObject(document)
			if err != nil {
				return "", fmt.Errorf("templates/%s renders to what is not YAML: %w\n%s", source, err, document)
			}
			if len(parsed) > 0 {
				objects = append(objects, object{source, strings.Trim(document, "\n"), rank(fmt.Sprint(parsed["kind"]))})
			}
		}
	}
	// Within a kind: by file, and in a file as written.
	sort.SliceStable(objects, func(i, j int) bool {
		if objects[i].rank != objects[j].rank {
			return objects[i].rank < objects[j].rank
		}
		return objects[i].source < objects[j].source
	})
	var out strings.Builder
	for _, o := range objects {
		fmt.Fprintf(&out, "---\n# Source: model-operator/templates/%s\n%s\n", o.source, o.text)
	}
	return out.String(), nil
}

func rank(kind string) int {
	for i, known := range installOrder {
		if known == kind {
			return i
		}
	}
	return len(installOrder)
}
