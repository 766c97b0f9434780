namespace ModelOperator.Api.Validation;

/// <summary>Rules of the addresses that the operator itself calls.</summary>
internal static class AddressRules
{
    public static IEnumerable<FieldError> Check(string field, string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            return [FieldError.Text(field, address, "want an address: http://HOST[:PORT][/PATH] or https://HOST[:PORT][/PATH]")];
        }

        // A query would let an address choose what the operator asks for, and both hold what is easily taken for a part of the path.
        if (address.AsSpan().ContainsAny('?', '#'))
        {
            return [FieldError.Text(field, $"{uri.Scheme}://{uri.Authority}{uri.AbsolutePath}", "has a ?query or a #fragment; remove it")];
        }

        // The value itself is not shown: everybody who reads the error would see the password.
        return uri.UserInfo.Length > 0
            ? [FieldError.Text(
                field,
                $"{uri.Scheme}://***@{uri.Authority}",
                "holds a user name or password, which everybody who can read the object would see; leave it out")]
            : [];
    }
}
