using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace ModelOperator.Protocol.Tests;

/// <summary>NaN and the infinities as Python and Triton's clients write them: without quotes.</summary>
public sealed class BareNumberTests
{
    private static readonly string[] Names = ["NaN", "Infinity", "-Infinity"];

    [TestCase("FP16")]
    [TestCase("BF16")]
    [TestCase("FP32")]
    [TestCase("FP64")]
    public void They_are_what_they_are_with_quotes(string datatype)
    {
        using InferRequest bare = Json.Read(Json.Tensor(datatype, "[2,2]", "[[NaN, -Infinity],[1 ,Infinity\n]]"));
        using InferRequest quoted = Json.Read(Json.Tensor(datatype, "[2,2]", """[["NaN","-Infinity"],[1,"Infinity"]]"""));

        Assert.That(bare.Inputs[0].Data.ToArray(), Is.EqualTo(quoted.Inputs[0].Data.ToArray()));
    }

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public Property A_list_is_read_alike_with_and_without_quotes() => Prop.ForAll(
        (from type in Gen.Elements("FP16", "BF16", "FP32", "FP64")
         from first in Gen.Elements("data", "shape", "datatype")
         from space in Gen.Elements("", " ", "\n\t")
         from values in Gen.OneOf(Gen.Elements(Names), Gen.Choose(-9, 9).Select(n => n.ToString())).NonEmptyListOf()
         select (type, first, space, values)).ToArbitrary(),
        list =>
        {
            string quoted = Document(list.type, list.first, list.space, [.. list.values.Select(v => Names.Contains(v) ? $"\"{v}\"" : v)]);
            using InferRequest bare = Json.Read(Document(list.type, list.first, list.space, [.. list.values]));
            using InferRequest expected = Json.Read(quoted);
            return bare.Inputs[0].Data.Span.SequenceEqual(expected.Inputs[0].Data.Span);
        });

    [TestCase("INT32", "[1,NaN]", "input 'x': value 1 of data is NaN, expected INT32 (a whole number from -2147483648 to 2147483647)")]
    [TestCase("BYTES", "[\"a\",-Infinity]", "input 'x': value 1 of data is -Infinity, expected BYTES (a string)")]
    [TestCase("BOOL", "[true,Infinity]", "input 'x': value 1 of data is Infinity, expected BOOL (true or false)")]
    public void They_are_numbers_of_floating_point_types_only(string datatype, string data, string message) =>
        Assert.That(Json.Error(Json.Tensor(datatype, "[2]", data)), Is.EqualTo(message));

    [TestCase("""{"id":NaN,"inputs":[]}""", "id must be a string, not NaN")]
    [TestCase("""{"inputs":[{"name":Infinity}]}""", "inputs[0].name must be a string, not Infinity")]
    [TestCase("""{"inputs":NaN}""", "inputs must be a list of tensors, not NaN")]
    [TestCase("""{"inputs":[],NaN:1}""", "the body is not valid JSON")]
    [TestCase("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[nan]}]}""", "the body is not valid JSON")]
    [TestCase("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[+Infinity]}]}""", "the body is not valid JSON")]
    [TestCase("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[NaN 1]}]}""", "the body is not valid JSON")]
    public void Elsewhere_they_are_refused(string json, string message) => Assert.That(Json.Error(json), Does.StartWith(message));

    [Test]
    public void Texts_that_look_like_them_stay_texts()
    {
        string texts = """{"name":"t","datatype":"BYTES","shape":[3],"data":["NaN","[NaN,","\",NaN]"]}""";
        using InferRequest request = Json.Read($$"""{"inputs":[{{texts}},{"name":"x","datatype":"FP32","shape":[1],"data":[NaN]}]}""");

        string read = Encoding.UTF8.GetString(request.Inputs[0].Data.Span);
        Assert.That(read, Is.EqualTo("\x03\0\0\0NaN\x05\0\0\0[NaN,\x06\0\0\0\",NaN]"));
    }

    [Test]
    public void No_byte_of_a_client_is_taken_for_one([Values(0xFD, 0xFE, 0xFF)] byte mark)
    {
        byte[] json = [.. """{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[" """u8[..^1], mark, .. "\"]}]}"u8];

        Assert.That(
            Assert.Throws<ProtocolException>(() => InferRequestReader.Read(json, new ProtocolLimits()).Dispose())!.Message,
            Is.EqualTo("the body is not valid JSON: it has text that is not valid Unicode"));
    }

    [Test]
    public void Rows_of_data_sets_and_answers_may_have_them()
    {
        string tensor = """{"name":"x","datatype":"FP32","shape":[1],"data":[NaN]}""";

        using LabelledRow row = LabelledRow.Read(Encoding.UTF8.GetBytes($$"""{"inputs":[{{tensor}}],"truth":7}"""), new ProtocolLimits());
        using InferTensor output =
            InferResponseReader.Read(Encoding.UTF8.GetBytes($$"""{"outputs":[{{tensor}}]}"""), new ProtocolLimits())[0];

        Assert.That(row.Request.Inputs[0].Data.ToArray(), Is.EqualTo(output.Data.ToArray()));
        Assert.That(BitConverter.ToSingle(output.Data.Span), Is.NaN);
    }

    private static string Document(string type, string first, string space, string[] values)
    {
        Dictionary<string, string> fields = new()
        {
            ["data"] = $"[{space}{string.Join($"{space},", values)}{space}]",
            ["shape"] = $"[{values.Length}]",
            ["datatype"] = $"\"{type}\"",
        };
        IEnumerable<string> ordered = fields.OrderBy(f => f.Key != first).Select(f => $"\"{f.Key}\":{space}{f.Value}");
        return $$"""{"inputs":[{"name":"x",{{string.Join(',', ordered)}}}]}""";
    }
}
