using System.Security.Cryptography;
using System.Text;
using ModelOperator.Fetch.Signatures;

namespace ModelOperator.Fetch.Tests;

public sealed class SignatureTests : FetchFixture
{
    private static readonly byte[] Model = RandomNumberGenerator.GetBytes(10_000);

    [Test]
    public async Task A_model_signed_by_the_key_is_taken_and_no_other()
    {
        using ECDsa signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using ECDsa stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string? signature = Sign(signer, Model);
        await using FileServer store = await FileServer.StartAsync(async context =>
        {
            if (context.Request.Path != "/model.sig")
            {
                await context.Response.Body.WriteAsync(Model);
            }
            else if (signature is null)
            {
                context.Response.StatusCode = 404;
            }
            else
            {
                await context.Response.Body.WriteAsync(Encoding.ASCII.GetBytes(signature + "\n"));
            }
        });
        string address = store.Uri().AbsoluteUri;

        await FetchAsync(address, options => options with { SignatureKey = Key(signer) });
        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Model));
        File.Delete(Output);

        TerminatingException wrong = await FailureAsync(address, options => options with { SignatureKey = Key(stranger) });
        signature = Sign(signer, [1, 2, 3]);
        TerminatingException other = await FailureAsync(address, options => options with { SignatureKey = Key(signer) });
        signature = "not base64!";
        TerminatingException none = await FailureAsync(address, options => options with { SignatureKey = Key(signer) });
        signature = null;
        TerminatingException missing = await FailureAsync(address, options => options with { SignatureKey = Key(signer) });

        Assert.That(
            new[] { wrong, other, none, missing }.Select(failure => failure.Reason),
            Is.All.EqualTo(FailureReasons.SignatureInvalid));
        Assert.That(missing.Message, Is.EqualTo($"the model is not signed: there is no {address}.sig"));
        Assert.That(Fetched(), Is.Empty, "a model appears only once its signature is right");
    }

    [Test]
    public async Task A_model_on_a_volume_is_signed_beside_it()
    {
        using ECDsa signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllBytes(Path.Combine(Folder, "m.onnx"), Model);
        TerminatingException missing = await FailureAsync(
            "pvc://claim/m.onnx", options => options with { Volume = Folder, SignatureKey = Key(signer) });
        File.WriteAllText(Path.Combine(Folder, "m.onnx.sig"), Sign(signer, Model));

        await FetchAsync("pvc://claim/m.onnx", options => options with { Volume = Folder, SignatureKey = Key(signer) });

        Assert.That(missing.Reason, Is.EqualTo(FailureReasons.SignatureInvalid));
        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Model));
    }

    [Test]
    public void A_key_that_is_none_or_of_another_curve_is_refused()
    {
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using RSA rsa = RSA.Create(2048);
        foreach (string pem in (string[])["", "nonsense", other.ExportSubjectPublicKeyInfoPem(), rsa.ExportSubjectPublicKeyInfoPem()])
        {
            TerminatingException failure = Assert.Throws<TerminatingException>(() => SignatureKey.Parse(pem))!;
            Assert.That(failure.Reason, Is.EqualTo(FailureReasons.InvalidConfiguration));
        }
    }

    internal static SignatureKey Key(ECDsa signer) => SignatureKey.Parse(signer.ExportSubjectPublicKeyInfoPem());

    internal static string Sign(ECDsa signer, byte[] content) =>
        Convert.ToBase64String(signer.SignData(content, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
}
