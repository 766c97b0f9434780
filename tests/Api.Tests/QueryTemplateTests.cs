namespace ModelOperator.Api.Tests;

[Parallelizable(ParallelScope.All)]
public sealed class QueryTemplateTests
{
    [Test]
    public void What_is_named_is_filled_in() => Assert.That(
        Fill("""sum(increase(sales{ns="{{namespace}}",pod=~"{{ name }}-{{revision}}-.*"}[{{intervalSeconds}}s])) {{{revision}}}"""),
        Is.EqualTo("""sum(increase(sales{ns="vision",pod=~"digits-7be02c11f4-.*"}[10s])) {7be02c11f4}"""));

    [TestCase("sum(sales)")]
    [TestCase("""{__name__=~"a{2}"}""")]
    [TestCase("{{pod}}")]
    public void What_is_no_placeholder_stays(string query) => Assert.That(Fill(query), Is.EqualTo(query));

    [Test]
    public void A_value_cannot_leave_a_quoted_string() => Assert.That(
        QueryTemplate.Fill("""a{b="{{name}}"}""", "", """x"} or on() {c="\""", "", default),
        Is.EqualTo("""a{b="x\"} or on() {c=\"\\"}"""));

    [Test]
    public void The_names_in_a_template_are_found() =>
        Assert.That(QueryTemplate.NamesIn("{{revision}} {{ pod }} {{}} {single}"), Is.EqualTo(new[] { "revision", "pod", "" }));

    private static string Fill(string template) => QueryTemplate.Fill(template, "vision", "digits", "7be02c11f4", TimeSpan.FromSeconds(10));
}
