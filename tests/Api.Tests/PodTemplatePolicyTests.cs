using System.Text.Json.Nodes;
using ModelOperator.Api.Validation;

namespace ModelOperator.Api.Tests;

[Parallelizable(ParallelScope.All)]
public sealed class PodTemplatePolicyTests
{
    private const string Root = "spec.runtime.podTemplate";

    [TestCase("""{"spec":{"hostNetwork":true}}""", "spec.hostNetwork", "true", "may not be set")]
    [TestCase("""{"spec":{"hostPID":true}}""", "spec.hostPID", "true", "may not be set")]
    [TestCase("""{"spec":{"hostIPC":true}}""", "spec.hostIPC", "true", "may not be set")]
    [TestCase("""{"spec":{"nodeName":"master-0"}}""", "spec.nodeName", "\"master-0\"", "may not be set")]
    [TestCase("""{"spec":{"serviceAccountName":"admin"}}""", "spec.serviceAccountName", "\"admin\"", "want \"default\"")]
    [TestCase("""{"spec":{"serviceAccount":"admin"}}""", "spec.serviceAccount", "\"admin\"", "may not be set")]
    [TestCase("""{"spec":{"automountServiceAccountToken":true}}""", "spec.automountServiceAccountToken", "true", "want false")]
    [TestCase("""{"spec":{"automountServiceAccountToken":null}}""", "spec.automountServiceAccountToken", "null", "want false")]
    [TestCase("""{"spec":{"ephemeralContainers":[]}}""", "spec.ephemeralContainers", "[]", "may not be set")]
    [TestCase("""{"spec":{"resourceClaims":[]}}""", "spec.resourceClaims", "[]", "may not be set")]
    [TestCase("""{"spec":{"securityContext":null}}""", "spec.securityContext", "null", "restricted settings")]
    [TestCase("""{"spec":{"securityContext":{"runAsUser":0}}}""", "spec.securityContext.runAsUser", "0", "a user id above 0")]
    [TestCase("""{"spec":{"securityContext":{"runAsNonRoot":false}}}""", "spec.securityContext.runAsNonRoot", "false", "want true")]
    [TestCase("""{"spec":{"securityContext":{"sysctls":[]}}}""", "spec.securityContext.sysctls", "[]", "may not be set")]
    [TestCase(
        """{"spec":{"securityContext":{"seccompProfile":null}}}""", "spec.securityContext.seccompProfile", "null", "restricted settings")]
    [TestCase(
        """{"spec":{"securityContext":{"seccompProfile":{"type":"Unconfined"}}}}""", "spec.securityContext.seccompProfile.type",
        "\"Unconfined\"", "want \"RuntimeDefault\" or \"Localhost\"")]
    [TestCase(
        """{"spec":{"securityContext":{"appArmorProfile":{"type":"Unconfined"}}}}""", "spec.securityContext.appArmorProfile.type",
        "\"Unconfined\"", "want \"RuntimeDefault\" or \"Localhost\"")]
    [TestCase(
        """{"spec":{"securityContext":{"seLinuxOptions":{"type":"spc_t"}}}}""", "spec.securityContext.seLinuxOptions",
        "{\"type\":\"spc_t\"}", "may not be set")]
    [TestCase(
        """{"spec":{"volumes":[{"name":"a","secret":{}},{"name":"b","hostPath":{"path":"/"}}]}}""", "spec.volumes[1].hostPath",
        "{\"path\":\"/\"}", "may not be set")]
    [TestCase(
        """{"spec":{"volumes":[{"name":"a","csi":{"driver":"d"}}]}}""", "spec.volumes[0].csi", "{\"driver\":\"d\"}", "may not be set")]
    [TestCase(
        """{"spec":{"volumes":[{"name":"a","projected":{"sources":[{"secret":{}},{"serviceAccountToken":{"path":"t"}}]}}]}}""",
        "spec.volumes[0].projected.sources[1].serviceAccountToken", "{\"path\":\"t\"}", "may not be set")]
    [TestCase(
        """{"spec":{"containers":[{"name":"runtime","securityContext":null}]}}""", "spec.containers[0].securityContext", "null",
        "restricted settings")]
    [TestCase(
        """{"spec":{"containers":[{"name":"runtime","securityContext":{"privileged":true}}]}}""",
        "spec.containers[0].securityContext.privileged", "true", "want false")]
    [TestCase(
        """{"spec":{"containers":[{"name":"runtime","securityContext":{"allowPrivilegeEscalation":true}}]}}""",
        "spec.containers[0].securityContext.allowPrivilegeEscalation", "true", "want false")]
    [TestCase(
        """{"spec":{"containers":[{"name":"runtime","securityContext":{"capabilities":{"drop":[]}}}]}}""",
        "spec.containers[0].securityContext.capabilities.drop", "[]", "want [\"ALL\"]")]
    [TestCase(
        """{"spec":{"containers":[{"name":"runtime","securityContext":{"capabilities":{"add":["SYS_ADMIN"]}}}]}}""",
        "spec.containers[0].securityContext.capabilities.add", "[\"SYS_ADMIN\"]", "want [] or [\"NET_BIND_SERVICE\"]")]
    [TestCase(
        """{"spec":{"containers":[{"name":"runtime","securityContext":{"procMount":"Unmasked"}}]}}""",
        "spec.containers[0].securityContext.procMount", "\"Unmasked\"", "want \"Default\"")]
    [TestCase(
        """{"spec":{"containers":[{"name":"runtime","ports":[{"containerPort":1,"hostPort":1}]}]}}""",
        "spec.containers[0].ports[0].hostPort", "1", "may not be set")]
    [TestCase(
        """{"spec":{"containers":[{"name":"runtime","volumeMounts":"""
        + """[{"name":"a","mountPath":"/a","mountPropagation":"Bidirectional"}]}]}}""",
        "spec.containers[0].volumeMounts[0].mountPropagation",
        "\"Bidirectional\"",
        "may not be set")]
    [TestCase(
        """{"spec":{"containers":[{"name":"runtime","livenessProbe":{"httpGet":{"host":"169.254.169.254","port":80}}}]}}""",
        "spec.containers[0].livenessProbe.httpGet.host", "\"169.254.169.254\"", "may not be set")]
    [TestCase(
        """{"spec":{"containers":[{"name":"runtime","lifecycle":{"postStart":{"tcpSocket":{"host":"10.0.0.1","port":80}}}}]}}""",
        "spec.containers[0].lifecycle.postStart.tcpSocket.host", "\"10.0.0.1\"", "may not be set")]
    [TestCase(
        """{"spec":{"initContainers":[{"name":"own","securityContext":{"privileged":true}}]}}""",
        "spec.initContainers[0].securityContext.privileged", "true", "want false")]
    [TestCase(
        """{"spec":{"initContainers":[{"name":"own"},{"name":"fetch","args":["fetch","--allowed-networks","private"]}]}}""",
        "spec.initContainers[1].args", "[\"fetch\",\"--allowed-networks\",\"private\"]", "is the operator's in this container")]
    [TestCase(
        """{"spec":{"initContainers":[{"name":"fetch","command":null}]}}""", "spec.initContainers[0].command", "null",
        "is the operator's in this container")]
    [TestCase(
        """{"metadata":{"annotations":{"container.apparmor.security.beta.kubernetes.io/runtime":"unconfined"}}}""",
        "metadata.annotations[container.apparmor.security.beta.kubernetes.io/runtime]", "unconfined",
        "want runtime/default or localhost/PROFILE")]
    [TestCase(
        """{"metadata":{"annotations":{"container.seccomp.security.alpha.kubernetes.io/runtime":"unconfined"}}}""",
        "metadata.annotations[container.seccomp.security.alpha.kubernetes.io/runtime]", "unconfined",
        "want runtime/default or localhost/PROFILE")]
    public void What_reaches_beyond_the_pod_is_refused_with_the_field_its_value_and_what_is_right(
        string template, string field, string value, string want)
    {
        FieldError error = Errors(template).Single();

        Assert.That((error.Field, error.Value.Trim('"')), Is.EqualTo(($"{Root}.{field}", value.Trim('"'))));
        Assert.That(error.Problem, Does.Contain(want));
    }

    [Test]
    public void A_job_of_a_guardrail_has_the_same_rules()
    {
        ModelDeployment model = Specs.Entity(entity => entity.Spec.Rollout = new RolloutSpec
        {
            Analysis = new AnalysisSpec
            {
                Guardrails =
                [
                    new Guardrail { Name = "errors", Type = GuardrailType.ErrorRate },
                    new Guardrail
                    {
                        Name = "check",
                        Type = GuardrailType.Job,
                        Job = new JobGate { Template = Specs.Json("""{"spec":{"hostNetwork":true,"containers":[{"name":"c"}]}}""") },
                    },
                ],
            },
        });

        Assert.That(
            PodTemplatePolicy.Restricted.Check(model).Single().Field,
            Is.EqualTo("spec.rollout.analysis.guardrails[1].job.template.spec.hostNetwork"));
    }

    [TestCase("""{"spec":{"hostNetwork":true}}""", "spec.hostNetwork")]
    [TestCase("""{"spec":{"hostNetwork":true}}""", "risk/spec.hostNetwork")]
    [TestCase("""{"spec":{"hostNetwork":true}}""", "other/spec.hostPID, risk/spec")]
    [TestCase("""{"spec":{"volumes":[{"name":"a","hostPath":{"path":"/"}}]}}""", "spec.volumes.hostPath")]
    [TestCase(
        """{"spec":{"initContainers":[{"name":"a","securityContext":{"privileged":true}}]}}""",
        "spec.containers.securityContext.privileged")]
    [TestCase("""{"metadata":{"annotations":{"container.apparmor.security.beta.kubernetes.io/a":"unconfined"}}}""", "metadata.annotations")]
    public void An_administrator_allows_a_field_everywhere_or_in_one_namespace(string template, string allowed)
    {
        Assert.That(Errors(template), Is.Not.Empty);
        Assert.That(Errors(template, allowed), Is.Empty);
        Assert.That(Errors(template, "other/spec,other/metadata.annotations"), Is.Not.Empty);
    }

    [TestCase("hostNetwork")]
    [TestCase("spec.host*")]
    [TestCase("a/b/spec.hostNetwork")]
    [TestCase("spec.hostNetwork,metadata.labels")]
    public void What_is_no_field_is_not_allowed_but_reported(string list)
    {
        Assert.That(PodTemplatePolicy.Parse(list, out string problem), Is.Null);
        Assert.That(problem, Does.Contain(list.Split(',')[^1]).And.Contain("spec.hostNetwork"));
    }

    [TestCase("""{"spec":[]}""")]
    [TestCase("""{"spec":{"containers":null,"volumes":{}}}""")]
    [TestCase("""{"spec":{"containers":["runtime",null,{"name":1,"livenessProbe":null,"ports":null,"securityContext":7}]}}""")]
    [TestCase("""{"metadata":{"annotations":[]}}""")]
    [TestCase("""{"metadata":[]}""")]
    public void What_has_another_shape_is_left_to_other_rules(string template) => Assert.That(Errors(template), Is.Empty);

    [Test]
    public void What_people_set_in_pods_needs_no_administrator() => Assert.That(
        Errors(
            """
            {
              "metadata": {"labels": {"team": "a"}, "annotations": {"seccomp.security.alpha.kubernetes.io/pod": "runtime/default"}},
              "spec": {
                "affinity": {"podAntiAffinity": {}}, "nodeSelector": {"gpu": "yes"}, "tolerations": [{"operator": "Exists"}],
                "imagePullSecrets": [{"name": "pull"}],
                "priorityClassName": "serving", "runtimeClassName": "nvidia", "serviceAccountName": "default",
                "automountServiceAccountToken": false,
                "securityContext": {"runAsUser": 1000, "fsGroup": null, "runAsNonRoot": true,
                  "seccompProfile": {"type": "Localhost", "localhostProfile": "p.json"}},
                "initContainers": [{"name": "fetch", "image": "own:1", "env": [{"name": "HTTPS_PROXY", "value": "http://proxy:3128"}],
                  "resources": {"limits": {"memory": "4Gi"}}}],
                "containers": [
                  {
                    "name": "runtime",
                    "env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}],
                    "startupProbe": {"failureThreshold": 60, "httpGet": {"path": "/", "port": "http"}},
                    "lifecycle": {"preStop": {"exec": {"command": ["sleep", "1"]}}},
                    "volumeMounts": [{"name": "key", "mountPath": "/etc/key", "readOnly": true}],
                    "securityContext": {"readOnlyRootFilesystem": false, "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}}
                  },
                  {"name": "sidecar", "image": "s:1", "args": ["a"], "ports": [{"containerPort": 1}]}
                ],
                "volumes": [
                  {"name": "key", "secret": {"secretName": "s"}}, {"name": "c", "configMap": {"name": "c"}},
                  {"name": "e", "emptyDir": {"medium": "Memory"}},
                  {"name": "p", "persistentVolumeClaim": {"claimName": "p"}}, {"name": "n", "ephemeral": {"volumeClaimTemplate": {}}},
                  {"name": "j", "projected": {"sources": [{"secret": {"name": "s"}}, {"downwardAPI": {}}]}}
                ]
              }
            }
            """),
        Is.Empty);

    private static IReadOnlyList<FieldError> Errors(string template, string? allowed = null) =>
        PodTemplatePolicy.Parse(allowed, out _)!.Check(Specs.Entity(entity =>
        {
            entity.Metadata.Namespace = "risk";
            entity.Spec.Runtime = new RuntimeSpec { PodTemplate = JsonNode.Parse(template)!.AsObject() };
        }));
}
