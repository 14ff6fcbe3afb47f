using System.Net;
using System.Text;
using Recon.Dataflow.Extract;
using Recon.ObjectStorage.Addresses;

namespace Recon.ObjectStorage.Requests;

/// <summary>What an answer that brings no bytes means, and what is to be done about it.</summary>
internal static class AnswerJudge
{
    private const int MostOfAnError = 4096;

    /// <summary>The failure that an answer is.</summary>
    /// <param name="now">The time, for a server that names the time of the next try.</param>
    public static async Task<Exception> FailureAsync(
        ObjectTarget target, HttpResponseMessage response, RequestOptions options, DateTimeOffset now, CancellationToken cancellationToken)
    {
        int status = (int)response.StatusCode;
        if (status is 408 or 429 or 500 or 502 or 503 or 504)
        {
            TimeSpan? wait = response.Headers.RetryAfter?.Delta ?? (response.Headers.RetryAfter?.Date - now);
            return wait > options.LongestWait
                ? new InputUnavailableException(
                    $"{target.Name}: {target.Server} answered {status} and wants to be left alone for {wait.Value.TotalSeconds:0} s, longer than the {options.LongestWait.TotalSeconds:0} s that are waited. Run again later, with --resume.")
                : new TransientException($"answered {status}", wait);
        }

        if (status is 412 or 416)
        {
            return Mixed(target, status == 412 ? "it has another ETag" : "it has become shorter");
        }

        string code = await CodeAsync(response, cancellationToken);
        string told = code.Length == 0 ? $"{status}" : $"{status} {code}";
        return new InputException(status switch
        {
            200 => $"{target.Name}: {target.Server} answers a request for a part of it with the whole, so it does not know range requests, by which inputs are read. "
                + "Put it where they are known (S3, Azure Blob, nginx, Apache, …), or copy it to a file.",
            404 or 410 => $"{target.Name} does not exist ({target.Server} answered {told}). {(target.IsS3 ? "Check bucket, key and region." : "Check the address.")}",
            401 or 403 => $"{target.Name} may not be read ({target.Server} answered {told}). {Forbidden(target, code)}",
            301 or 302 or 303 or 307 or 308 => $"{target.Name}: {target.Server} answered {told}: it is somewhere else{Region(response)}. {(target.IsS3
                ? "Set AWS_REGION to the region of the bucket." : "Redirects are not followed, as they could carry the request to another host. Name the address to which it leads.")}",
            400 => $"{target.Name}: {target.Server} refused the request ({told}){Region(response)}. {(target.IsS3
                ? "Check AWS_REGION, and that AWS_SESSION_TOKEN has not expired." : "Check the address and its query.")}",
            _ => $"{target.Name}: {target.Server} answered {told} to a request for its bytes. Check the address.",
        });
    }

    /// <summary>The object is not any more what it was when it was looked at.</summary>
    public static InputException Mixed(ObjectTarget target, string why) => new(
        $"{target.Name} changed while it was read ({why}): it was written to, or another object took its place. Old and new records would be mixed, "
        + "so nothing of it is used. Run again when nobody writes to the input any more.")
    {
        IsMixed = true,
    };

    private static string Forbidden(ObjectTarget target, string code) => (code, target) switch
    {
        ("RequestTimeTooSkewed", _) => "Set the clock of this machine.",
        ("SignatureDoesNotMatch" or "InvalidAccessKeyId", _) => "Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, which belong together.",
        ("ExpiredToken", _) => "Renew the credentials and AWS_SESSION_TOKEN.",
        (_, { IsS3: true }) => "The key of AWS_ACCESS_KEY_ID needs s3:GetObject on it; without s3:ListBucket, a key that does not exist is answered so, too.",
        (_, { IsSigned: true }) => "The signature in the query of the address has expired, or does not allow to read it. Make a new one with the permission to read (r).",
        _ => $"The address holds no signature. Add one that allows to read it (for Azure Blob a SAS, in the query or in {StorageSettings.SasVariable}).",
    };

    private static string Region(HttpResponseMessage response)
        => response.Headers.TryGetValues("x-amz-bucket-region", out IEnumerable<string>? region) && region.FirstOrDefault() is { Length: < 40 } told
            && told.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-')
                ? $", in the region {told}" : "";

    // Both S3 and Azure Blob say by a word what is wrong. It is shown, and nothing else of what they write.
    private static async Task<string> CodeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.OK)
        {
            return "";
        }

        if (response.Headers.TryGetValues("x-ms-error-code", out IEnumerable<string>? told))
        {
            return Word(told.FirstOrDefault() ?? "");
        }

        byte[] body = new byte[MostOfAnError];
        await using Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        string text = Encoding.UTF8.GetString(body, 0, await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken));
        int start = text.IndexOf("<Code>", StringComparison.Ordinal) + "<Code>".Length;
        int end = text.IndexOf("</Code>", StringComparison.Ordinal);
        return start < "<Code>".Length || end < start ? "" : Word(text[start..end]);
    }

    private static string Word(string text) => text.Length <= 64 && text.All(char.IsAsciiLetterOrDigit) ? text : "";
}
