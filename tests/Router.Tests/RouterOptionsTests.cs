namespace ModelOperator.Router.Tests;

public sealed class RouterOptionsTests
{
    [Test]
    public void Settings_come_from_the_environment_and_have_defaults()
    {
        RouterOptions options = From(("POD_NAMESPACE", "risk"), ("POD_NAME", "model-router-1"), ("DRAIN_SECONDS", "7"));
        Assert.That(
            options, Is.EqualTo(new RouterOptions { Namespace = "risk", PodName = "model-router-1", DrainTime = TimeSpan.FromSeconds(7) }));
    }

    [TestCase("TRAFFIC_PORT", "http", "TRAFFIC_PORT is 'http' but must be a whole number from 0 to 65535")]
    [TestCase("ADMIN_PORT", "70000", "ADMIN_PORT is '70000' but must be a whole number from 0 to 65535")]
    [TestCase("MAX_CONNECTIONS", "-1", "MAX_CONNECTIONS is '-1' but must be a whole number from 1 to 1000000")]
    [TestCase("DRAIN_SECONDS", "60", "DRAIN_SECONDS is 60 but must be less than TERMINATION_SECONDS, 45")]
    [TestCase("POD_NAMESPACE", "", "POD_NAMESPACE is not set: name the namespace whose models are to be routed")]
    public void A_wrong_setting_is_refused_by_name_value_and_what_would_be_right(string name, string value, string message) =>
        Assert.That(() => From(("POD_NAMESPACE", "risk"), (name, value)), Throws.TypeOf<FormatException>().With.Message.EqualTo(message));

    private static RouterOptions From(params (string Name, string Value)[] variables) =>
        RouterOptions.FromEnvironment(name => variables.LastOrDefault(v => v.Name == name).Value);
}
