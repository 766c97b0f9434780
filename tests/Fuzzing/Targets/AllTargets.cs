using ModelOperator.Protocol;

namespace ModelOperator.Fuzzing.Targets;

/// <summary>Everything of the model server that reads what clients send.</summary>
internal static class AllTargets
{
    public static IReadOnlyList<ITarget> All { get; } =
    [
        new JsonRequest(),
        new BinaryRequest(),
        new GrpcRequest(),
        new SimpleTarget(
            "feedback", static (input, limits) => FeedbackRequest.Read(input, limits),
            """{"id":"a","truth":[1,2.0,"x\n"]}""", """{"id":"a","reward":[0.5,1]}""", """{"id":"a","correct":true}""",
            """{"id":"a","revision":"r","prediction":[[1,2],[3,4]],"truth":[[1,2],[3,4]]}"""),
        new SimpleTarget(
            "row", static (input, limits) => LabelledRow.Read(input, limits).Dispose(),
            """{"id":"a","inputs":[{"name":"x","datatype":"FP32","shape":[2],"data":[1,2]}],"truth":[1,"x\n"]}"""),
        new SimpleTarget(
            "response", static (input, limits) =>
            {
                foreach (InferTensor output in InferResponseReader.Read(input, limits))
                {
                    output.Dispose();
                }
            },
            """{"model_name":"m","id":"i","outputs":[{"name":"y","datatype":"INT64","shape":[2],"data":[1,2]},"""
            + """{"name":"z","datatype":"BYTES","shape":[1],"data":["\ud83d\ude00"]}]}"""),
    ];
}
