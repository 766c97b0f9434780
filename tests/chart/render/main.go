// Renders the chart as `helm template` does, for machines without Helm: the same template functions (Sprig and Helm's own),
// values, schema check and order of the objects. It knows what this project's chart uses, not all of Helm: no subcharts, no hooks.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

type repeated []string

func (r *repeated) String() string     { return strings.Join(*r, ",") }
func (r *repeated) Set(v string) error { *r = append(*r, v); return nil }

func main() {
	var sets, valueFiles repeated
	chart := flag.String("chart", "", "folder of the chart")
	release := flag.String("release", "model-operator", "name of the release")
	namespace := flag.String("namespace", "default", "namespace of the release")
	kubeVersion := flag.String("kube-version", "1.36.0", "version of the cluster to render for")
	notes := flag.Bool("notes", false, "print NOTES.txt instead of the objects")
	flag.Var(&sets, "set", "one value, as KEY.KEY=VALUE (repeatable)")
	flag.Var(&valueFiles, "values", "file of values (repeatable)")
	flag.Parse()

	output, err := run(*chart, *release, *namespace, *kubeVersion, *notes, valueFiles, sets)
	if err != nil {
		fmt.Fprintln(os.Stderr, "render:", err)
		os.Exit(1)
	}
	fmt.Print(output)
}

func run(folder, release, namespace, kubeVersion string, notes bool, valueFiles, sets []string) (string, error) {
	chart, err := loadChart(folder)
	if err != nil {
		return "", err
	}
	values, err := chart.valuesWith(valueFiles, sets)
	if err != nil {
		return "", err
	}
	if problems := chart.schema.check("", values); len(problems) > 0 {
		return "", fmt.Errorf("values do not meet values.schema.json:\n- %s", strings.Join(problems, "\n- "))
	}
	capabilities, err := newCapabilities(kubeVersion)
	if err != nil {
		return "", err
	}
	rendered, err := chart.render(map[string]interface{}{
		"Values":       values,
		"Chart":        chart.metadata,
		"Files":        files(folder),
		"Capabilities": capabilities,
		"Release": map[string]interface{}{
			"Name": release, "Namespace": namespace, "Service": "Helm", "IsInstall": true, "IsUpgrade": false, "Revision": 1,
		},
	})
	if err != nil {
		return "", err
	}
	if notes {
		return rendered["NOTES.txt"], nil
	}
	return inInstallOrder(rendered)
}
