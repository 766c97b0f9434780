package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/semver"
)

// chart is what a chart's folder holds.
type chart struct {
	folder   string
	metadata map[string]interface{}
	defaults map[string]interface{}
	schema   schema
}

// capabilities is what templates can ask about the cluster.
type capabilities struct {
	KubeVersion kubeVersion
}

type kubeVersion struct{ Version, Major, Minor string }

func (k kubeVersion) String() string { return k.Version }

// files gives templates the chart's other files.
type files string

func (f files) Get(path string) (string, error) {
	content, err := os.ReadFile(filepath.Join(string(f), filepath.Clean("/"+path)))
	return string(content), err
}

func newCapabilities(version string) (capabilities, error) {
	parsed, err := semver.NewVersion(version)
	if err != nil {
		return capabilities{}, fmt.Errorf("--kube-version %s: %w; write it as 1.30 or 1.30.2", version, err)
	}
	full := fmt.Sprintf("v%d.%d.%d", parsed.Major(), parsed.Minor(), parsed.Patch())
	return capabilities{kubeVersion{full, fmt.Sprint(parsed.Major()), fmt.Sprint(parsed.Minor())}}, nil
}

func loadChart(folder string) (*chart, error) {
	loaded := &chart{folder: folder}
	raw := map[string]interface{}{}
	for name, into := range map[string]*map[string]interface{}{
		"Chart.yaml": &raw, "values.yaml": &loaded.defaults, "values.schema.json": (*map[string]interface{})(&loaded.schema),
	} {
		content, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return nil, err
		}
		if *into, err = parseObject(string(content)); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	// Templates see the fields of Chart.yaml with a capital.
	loaded.metadata = map[string]interface{}{}
	for key, value := range raw {
		loaded.metadata[strings.ToUpper(key[:1])+key[1:]] = value
	}
	return loaded, nil
}

// render executes every template and gives what each file rendered to.
func (c *chart) render(data map[string]interface{}) (map[string]string, error) {
	root := template.New(fmt.Sprint(c.metadata["Name"])).Option("missingkey=zero")
	root.Funcs(functions(root))
	paths, err := filepath.Glob(filepath.Join(c.folder, "templates", "*"))
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if _, err := root.New(filepath.Base(path)).Parse(string(content)); err != nil {
			return nil, err
		}
	}
	rendered := map[string]string{}
	for _, path := range paths {
		name := filepath.Base(path)
		if strings.HasPrefix(name, "_") {
			continue
		}
		var text strings.Builder
		if err := root.ExecuteTemplate(&text, name, data); err != nil {
			return nil, err
		}
		rendered[name] = strings.ReplaceAll(text.String(), "<no value>", "")
	}
	return rendered, nil
}
