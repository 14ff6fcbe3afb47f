using Recon.Dataflow;
using Recon.Dataflow.Extract;

namespace Recon.ObjectStorage.Addresses;

/// <summary>What the environment says of storages: where S3 is, with which keys, and the signature for Azure Blob.</summary>
/// <param name="environment">Gives a variable; <see langword="null"/> where it is not set.</param>
internal sealed class StorageSettings(Func<string, string?> environment)
{
    public const string SasVariable = "AZURE_STORAGE_SAS_TOKEN";
    private const string KeyVariable = "AWS_ACCESS_KEY_ID";
    private const string SecretVariable = "AWS_SECRET_ACCESS_KEY";

    private static readonly string[] s_azureHosts = [".blob.core.windows.net", ".blob.core.usgovcloudapi.net", ".blob.core.chinacloudapi.cn"];

    /// <summary>Where an address leads.</summary>
    /// <exception cref="InputException">The environment lacks something that is needed; the message names it.</exception>
    public ObjectTarget TargetOf(ObjectAddress address)
        => address.Bucket is { } bucket ? OfS3(address, bucket) : new ObjectTarget(address.Name, WithSignature(address.Web!), null);

    private ObjectTarget OfS3(ObjectAddress address, string bucket)
    {
        string[] missing = [.. ((string[])[KeyVariable, SecretVariable]).Where(variable => Read(variable) is null)];
        if (missing.Length > 0)
        {
            throw new InputException($"{address.Name} is in S3, and the environment has no credentials: {string.Join(" and ", missing)} "
                + $"{(missing.Length == 1 ? "is" : "are")} not set. Set {KeyVariable} and {SecretVariable} (with AWS_SESSION_TOKEN for temporary ones), and AWS_REGION.");
        }

        Uri? endpoint = Endpoint(address);
        string region = Read("AWS_REGION") ?? Read("AWS_DEFAULT_REGION") ?? (endpoint is not null ? "us-east-1" : throw new InputException(
            $"{address.Name} is in S3, and the environment does not say in which region: set AWS_REGION (or AWS_DEFAULT_REGION), or AWS_ENDPOINT_URL_S3 for another server than that of AWS."));
        if (!region.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'))
        {
            throw new InputException($"{address.Name} cannot be read: AWS_REGION is no region (\"{region}\"): it has letters, digits and hyphens, such as eu-central-1.");
        }

        var signer = new S3Signer(Read(KeyVariable)!, Read(SecretVariable)!, Read("AWS_SESSION_TOKEN"), region);
        return new ObjectTarget(address.Name, S3Location.Of(endpoint, region, bucket, address.Key), signer);
    }

    private Uri? Endpoint(ObjectAddress address)
    {
        string variable = Read("AWS_ENDPOINT_URL_S3") is null ? "AWS_ENDPOINT_URL" : "AWS_ENDPOINT_URL_S3";
        if (Read(variable) is not { } text)
        {
            return null;
        }

        // It may hold a password, so it is not shown.
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? endpoint) || endpoint.Scheme is not ("https" or "http")
            || endpoint.UserInfo.Length > 0 || endpoint.Query.Length > 0 || endpoint.Fragment.Length > 0)
        {
            throw new InputException($"{address.Name} cannot be read: {variable} is no address of a server. Write https://HOST or https://HOST:PORT.");
        }

        return endpoint.Scheme == "https" || endpoint.IsLoopback ? endpoint : throw new InputException(
            $"{address.Name} cannot be read: {variable} begins with http://, and what is read would go over the network in the clear. Write https://; http:// is for servers on this machine (localhost) only.");
    }

    // As the tools of Azure have it: for an address that brings no signature of its own.
    private Uri WithSignature(Uri web)
        => web.Query.Length == 0 && (web.IsLoopback || s_azureHosts.Any(host => web.Host.EndsWith(host, StringComparison.OrdinalIgnoreCase))) && Read(SasVariable) is { } sas
            ? new UriBuilder(web) { Query = sas.TrimStart('?') }.Uri
            : web;

    private string? Read(string variable) => environment(variable) is { Length: > 0 } value ? value.Trim() : null;
}
