using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ModelOperator.Evidence;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Forwarding;

/// <summary>
/// The ids of predictions: REVISION.POD.NUMBER.CODE. Any router can tell from one which pod remembers the prediction, however long ago that
/// was, and by its code that a router of this namespace made it, for an answer of this model. The number is random; the letter before it
/// says whether chance chose the revision. Whoever holds an id may say what became of the answer.
/// </summary>
internal sealed class PredictionIds(KeyRing keys)
{
    private const string Purpose = "prediction";
    private const int NumberDigits = 16;
    private const char Drawn = 'd', Chosen = 'c';

    /// <summary>A new id.</summary>
    /// <param name="model">The model asked.</param>
    /// <param name="pod">Who is to answer.</param>
    /// <param name="isDrawn">Whether chance alone chose the pod's revision, so that the answer is evidence.</param>
    public string Make(string model, PodEndpoint pod, bool isDrawn)
    {
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"{pod.Revision}.{pod.Name}.{(isDrawn ? Drawn : Chosen)}{RandomNumberGenerator.GetHexString(NumberDigits, lowercase: true)}");
        return $"{text}.{keys.Sign(Purpose, $"{model}\n{text}")}";
    }

    /// <summary>What an id says; null unless a router of this namespace made it for this model.</summary>
    public PredictionId? Read(string model, string id)
    {
        int code = id.LastIndexOf('.');
        int number = code > 0 ? id.LastIndexOf('.', code - 1) : -1;
        int pod = id.IndexOf('.');
        if (pod <= 0 || number <= pod + 1 || code - number != NumberDigits + 2)
        {
            return null;
        }

        return keys.Current.IsSigned(Purpose, $"{model}\n{id[..code]}", id[(code + 1)..])
            ? new PredictionId(id[..pod], id[(pod + 1)..number], id[number + 1] == Drawn)
            : null;
    }
}

/// <summary>What the id of a prediction says.</summary>
/// <param name="Revision">The revision that answered.</param>
/// <param name="Pod">Its pod.</param>
/// <param name="IsDrawn">Whether chance alone chose the revision.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PredictionId(string Revision, string Pod, bool IsDrawn);
