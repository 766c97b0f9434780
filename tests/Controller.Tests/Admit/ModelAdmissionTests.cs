using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Api;
using ModelOperator.Controller.Admit;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime.Webhooks;
using ModelOperator.Testing;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace ModelOperator.Controller.Tests.Admit;

[Parallelizable(ParallelScope.All)]
public sealed class ModelAdmissionTests
{
    private static readonly ReviewedUser Eve = new()
    {
        Username = "eve",
        Uid = "7",
        Groups = ["system:authenticated"],
        Extra = new() { ["scopes"] = ["a"] },
    };

    [Test]
    public async Task A_good_one_is_let_in() => Assert.That((await CreateAsync(Models.Digits())).IsAllowed, Is.True);

    [Test]
    public async Task A_wrong_one_is_refused_in_the_API_servers_words()
    {
        AdmissionResult result = await CreateAsync(Models.Digits(model => model.Spec.Model.Uri = "ftp://models.example/x"));

        Assert.That(result.IsAllowed, Is.False);
        Assert.That(
            result.Message,
            Is.EqualTo("ModelDeployment.modeloperator.io \"digits\" is invalid: spec.model.uri: Invalid value: \"ftp://models.example/x\": "
                + "is not a model address; use http(s)://HOST/PATH, oci://REGISTRY/REPOSITORY[:TAG][@sha256:HEX], s3://BUCKET/KEY, "
                + "azblob://ACCOUNT/CONTAINER/BLOB, gs://BUCKET/OBJECT, hf://ORGANIZATION/REPOSITORY[@REVISION]/PATH or pvc://CLAIM/PATH"));
    }

    [Test]
    public async Task All_that_is_wrong_is_named()
    {
        AdmissionResult result = await CreateAsync(Models.Digits(model =>
        {
            model.Spec.Model.Uri = "ftp://models.example/x";
            model.Spec.Model.Digest = "md5:0";
            model.Spec.Runtime = Template("""{"spec":{"hostNetwork":true}}""");
        }));

        Assert.That(
            result.Message,
            Does.Contain("[spec.model.uri: ")
                .And.Contains(", spec.model.digest: ")
                .And.Contains(", spec.runtime.podTemplate.spec.hostNetwork: "));
    }

    [Test]
    public async Task One_on_its_way_out_and_a_deletion_are_let_go()
    {
        ModelDeployment wrong = Models.Digits(model => model.Spec.Model.Uri = "");
        wrong.Metadata.DeletionTimestamp = DateTimeOffset.UnixEpoch;

        Assert.That((await CreateAsync(wrong)).IsAllowed, Is.True);
        Assert.That(
            (await Admission(Allowing(true))
                .JudgeAsync(new(AdmissionOperation.Delete, null, wrong, null, "vision", Eve, false), default)).IsAllowed,
            Is.True);
    }

    [Test]
    public async Task Who_may_not_read_a_Secret_does_not_get_it_by_a_pod()
    {
        IKubernetesClient client = Allowing(false);

        AdmissionResult result = await CreateAsync(WithSecret(), client);

        Assert.That((result.IsAllowed, result.Code), Is.EqualTo((false, 403)));
        Assert.That(
            result.Message,
            Does.StartWith("spec.model.credentialsSecretRef: \"eve\" may not get secrets \"payroll\" in namespace \"vision\""));
        await client.Received(1).CreateAsync(
            Resources.SubjectAccessReviews,
            Arg.Is<SubjectAccessReview>(review => review.Spec.User == "eve"
                && review.Spec.Uid == "7"
                && review.Spec.Groups!.Contains("system:authenticated")
                && review.Spec.Extra!.ContainsKey("scopes")
                && review.Spec.ResourceAttributes!.Namespace == "vision"),
            Arg.Any<CancellationToken>());
        Assert.That((await CreateAsync(WithSecret(), Allowing(true))).IsAllowed, Is.True);
    }

    [TestCase("prometheus")]
    [TestCase("webhook")]
    public async Task Who_may_not_read_a_Secret_does_not_have_it_sent_to_a_source(string source)
    {
        var secret = new LocalSecretReference { Name = "payroll" };
        ModelDeployment model = Models.Digits(model => model.Spec.Rollout = new RolloutSpec
        {
            Analysis = new AnalysisSpec
            {
                Guardrails =
                [
                    source == "webhook"
                        ? new Guardrail
                        {
                            Name = "a",
                            Type = GuardrailType.Webhook,
                            Webhook = new WebhookGate { Url = "http://desk/a", CredentialsSecretRef = secret },
                        }
                        : new Guardrail
                        {
                            Name = "a",
                            Type = GuardrailType.Prometheus,
                            Prometheus = new PrometheusMetric
                            {
                                Address = "http://prometheus:9090",
                                BadQuery = "b{r=\"{{revision}}\"}",
                                TotalQuery = "t{r=\"{{revision}}\"}",
                                CredentialsSecretRef = secret,
                            },
                        },
                ],
            },
        });

        AdmissionResult created = await CreateAsync(model, Allowing(false));
        AdmissionResult updated = await UpdateAsync(model, Models.Digits(), Allowing(false));

        Assert.That((created.Code, updated.Code), Is.EqualTo((403, 403)));
        Assert.That(
            created.Message,
            Does.StartWith($"spec.rollout.analysis.guardrails[0].{source}.credentialsSecretRef: \"eve\" may not get secrets \"payroll\""));
    }

    [Test]
    public async Task Who_only_scales_is_not_asked_for_what_the_pods_use()
    {
        IKubernetesClient client = Allowing(false);
        ModelDeployment scaled = WithSecret();
        scaled.Spec.Replicas = 5;
        scaled.Spec.Rollout = new RolloutSpec { Steps = [new RolloutStep { Weight = 5 }] };
        ModelDeployment old = WithSecret();
        old.Spec.Runtime = scaled.Spec.Runtime = Template("""{"spec":{"hostNetwork":true}}""");

        AdmissionResult result = await UpdateAsync(scaled, old, client);

        Assert.That(result.IsAllowed, Is.True, result.Message);
        Assert.That(client.ReceivedCalls(), Is.Empty);
    }

    [Test]
    public async Task Who_changes_what_a_pod_does_with_a_Secret_is_asked_for_the_right_to_it()
    {
        ModelDeployment another = WithSecret();
        another.Spec.Runtime = new RuntimeSpec { Image = "registry.example/eves:1" };

        Assert.That((await UpdateAsync(another, WithSecret(), Allowing(false))).Code, Is.EqualTo(403));
    }

    [Test]
    public async Task More_names_than_can_be_asked_about_in_time_are_refused()
    {
        var names = new JsonArray([.. Enumerable.Range(0, 101).Select(i => new JsonObject { ["name"] = $"s{i}" })]);
        ModelDeployment greedy = Models.Digits(model => model.Spec.Runtime = new RuntimeSpec
        {
            PodTemplate = new JsonObject { ["spec"] = new JsonObject { ["imagePullSecrets"] = names } },
        });
        IKubernetesClient client = Allowing(true);

        AdmissionResult result = await CreateAsync(greedy, client);

        Assert.That(result.Message, Is.EqualTo("spec uses 101 Secrets, ConfigMaps, claims and service accounts; want at most 100"));
        Assert.That(client.ReceivedCalls(), Is.Empty);
    }

    [TestCase("abort", "no rollout is in progress: revision v1 serves")]
    [TestCase(
        "promot",
        "is no order; want promote, promote-full, abort, retry, undo, restart, each but restart with or without a revision after it")]
    public async Task An_order_that_cannot_be_carried_out_is_refused_when_it_is_given(string order, string why)
    {
        ModelDeployment old = Models.Digits(model => model.Status = new ModelDeploymentStatus { StableRevision = "v1" });
        ModelDeployment ordered = Models.Digits(model => model.Metadata.Annotations = new() { [Labels.Control] = order });

        AdmissionResult result = await UpdateAsync(ordered, old, Allowing(false));

        Assert.That(
            result.Causes.Single(),
            Is.EqualTo(new AdmissionCause("metadata.annotations[modeloperator.io/control]", $"Invalid value: \"{order}\": {why}")));
    }

    [Test]
    public async Task An_order_that_can_be_carried_out_and_one_that_is_there_already_are_let_in()
    {
        ModelDeployment old = Models.Digits(
            model => model.Status = new ModelDeploymentStatus { StableRevision = "v1", CanaryRevision = "v2" });
        ModelDeployment ordered = Models.Digits(model => model.Metadata.Annotations = new() { [Labels.Control] = "abort v2" });
        ModelDeployment late = Models.Digits(model => model.Metadata.Annotations = new() { [Labels.Control] = "abort v1" });

        Assert.That((await UpdateAsync(ordered, old, Allowing(false))).IsAllowed, Is.True);
        Assert.That((await UpdateAsync(late, late, Allowing(false))).IsAllowed, Is.True);
    }

    [Test]
    public async Task A_request_of_nobody_gets_nothing()
    {
        AdmissionResult result = await Admission(Allowing(true))
            .JudgeAsync(new(AdmissionOperation.Create, WithSecret(), null, null, "vision", null, false), default);

        Assert.That((result.IsAllowed, result.Code), Is.EqualTo((false, 403)));
    }

    [Test]
    public async Task An_API_server_that_does_not_say_lets_nothing_in()
    {
        IKubernetesClient failing = Substitute.For<IKubernetesClient>();
        failing.CreateAsync(Resources.SubjectAccessReviews, Arg.Any<SubjectAccessReview>(), Arg.Any<CancellationToken>())
            .ThrowsAsync(new KubernetesException(HttpStatusCode.InternalServerError, "InternalError", "password=hunter2"));

        AdmissionResult result = await CreateAsync(WithSecret(), failing);

        Assert.That((result.IsAllowed, result.Code), Is.EqualTo((false, 503)));
        Assert.That(result.Message, Does.Contain("\"eve\"").And.Contain("is not known").And.Not.Contain("hunter2"));
    }

    [Test]
    public async Task An_API_server_that_hangs_is_not_waited_for_longer_than_it_waits_for_the_webhook()
    {
        var time = new ManualTimeProvider();
        IKubernetesClient hanging = Substitute.For<IKubernetesClient>();
        hanging.CreateAsync(Resources.SubjectAccessReviews, Arg.Any<SubjectAccessReview>(), Arg.Any<CancellationToken>())
            .Returns(async call =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, call.Arg<CancellationToken>());
                return new SubjectAccessReview();
            });

        Task<AdmissionResult> answer = new ModelAdmission(Options, new RequesterRights(hanging, time, NullLogger<RequesterRights>.Instance))
            .JudgeAsync(new(AdmissionOperation.Create, WithSecret(), null, null, "vision", Eve, false), default);
        time.Advance(TimeSpan.FromSeconds(2));

        Assert.That((await answer.WaitAsync(TimeSpan.FromSeconds(30))).Message, Does.Contain("did not answer within 2 s"));
    }

    private static ControllerOptions Options { get; } = new() { RuntimeImage = "runtime", RouterImage = "router" };

    private static ModelDeployment WithSecret() =>
        Models.Digits(model => model.Spec.Model.CredentialsSecretRef = new LocalSecretReference { Name = "payroll" });

    private static RuntimeSpec Template(string json) => new() { PodTemplate = JsonNode.Parse(json)!.AsObject() };

    private static IKubernetesClient Allowing(bool allowed)
    {
        IKubernetesClient client = Substitute.For<IKubernetesClient>();
        client.CreateAsync(Resources.SubjectAccessReviews, Arg.Any<SubjectAccessReview>(), Arg.Any<CancellationToken>())
            .Returns(new SubjectAccessReview { Status = new SubjectAccessReviewStatus { Allowed = allowed } });
        return client;
    }

    private static ModelAdmission Admission(IKubernetesClient client) =>
        new(Options, new RequesterRights(client, TimeProvider.System, NullLogger<RequesterRights>.Instance));

    private static Task<AdmissionResult> CreateAsync(ModelDeployment model, IKubernetesClient? client = null) =>
        Admission(client ?? Allowing(false)).JudgeAsync(new(AdmissionOperation.Create, model, null, null, "vision", Eve, false), default);

    private static Task<AdmissionResult> UpdateAsync(ModelDeployment model, ModelDeployment old, IKubernetesClient client) =>
        Admission(client).JudgeAsync(new(AdmissionOperation.Update, model, old, null, "vision", Eve, false), default);
}
