using System.Net;
using System.Net.Http.Headers;
using Recon.Dataflow.Extract;
using Recon.ObjectStorage.Addresses;

namespace Recon.ObjectStorage.Requests;

/// <summary>Understands answers that bring a range of an object.</summary>
internal static class RangeAnswer
{
    /// <summary>A connection that brought as many bytes before it broke was one that works.</summary>
    private const int Progress = 4096;

    /// <summary>What an object is, by the answer that brings its first bytes.</summary>
    /// <exception cref="InputException">It cannot be read by ranges, or its changes could not be seen.</exception>
    public static async Task<FoundObject> FoundAsync(ObjectTarget target, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string entityTag = EntityTag(response) ?? throw new InputException(
            $"{target.Name}: {target.Server} gives it no ETag, so nobody could see that it changes while it is read. Put it where objects have one (S3, Azure Blob, nginx, Apache, …), or copy it to a file.");
        if (entityTag.StartsWith("W/", StringComparison.Ordinal))
        {
            throw new InputException(
                $"{target.Name}: {target.Server} gives it a weak ETag ({entityTag}), which other bytes may have, too, so nobody could see that it changes while it is read. Have the server send it unchanged (without compression on the way), or copy it to a file.");
        }

        // Some servers answer with a byte of nothing.
        if (response.StatusCode == HttpStatusCode.OK || Header(response.Content.Headers, "Content-Range")?.EndsWith("/0", StringComparison.Ordinal) == true)
        {
            return new FoundObject(0, entityTag, default);
        }

        ContentRangeHeaderValue? range = response.Content.Headers.ContentRange;
        if (range is not { Unit: "bytes", From: 0, To: { } last, Length: { } length } || last >= length)
        {
            throw new InputException($"{target.Name}: {target.Server} does not tell how large it is (Content-Range: {range?.ToString() ?? "none"}), so it cannot be read by ranges. Copy it to a file.");
        }

        byte[] head = new byte[Math.Min(4, last + 1)];
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        int read = await body.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
        return read == head.Length ? new FoundObject(length, entityTag, head) : throw new TransientException("broke the connection off");
    }

    /// <summary>Takes the bytes of an answer.</summary>
    /// <param name="found">The object as it was when it was looked at.</param>
    /// <param name="from">The first byte that was asked for.</param>
    /// <param name="bytes">Room for all that was asked for.</param>
    /// <param name="heard">Is told when something has arrived.</param>
    /// <returns>How many came: fewer where the connection broke after some progress.</returns>
    /// <exception cref="InputException">The object is not the same any more.</exception>
    public static async Task<int> TakeAsync(
        ObjectTarget target, FoundObject found, long from, Memory<byte> bytes, HttpResponseMessage response, Action heard, CancellationToken cancellationToken)
    {
        ContentRangeHeaderValue? range = response.Content.Headers.ContentRange;
        if (EntityTag(response) is not { } now || now != found.EntityTag)
        {
            throw AnswerJudge.Mixed(target, $"its ETag was {found.EntityTag}, now {EntityTag(response) ?? "it has none"}");
        }

        if (range?.Length != found.Length)
        {
            throw AnswerJudge.Mixed(target, "it has another size");
        }

        if (range.From != from)
        {
            throw new InputException($"{target.Name}: {target.Server} answers with another range ({range}) than was asked for. It cannot be read by ranges; copy it to a file.");
        }

        int done = 0;
        try
        {
            await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
            while (done < bytes.Length && await body.ReadAsync(bytes[done..], cancellationToken) is var read and > 0)
            {
                done += read;
                heard();
            }
        }
        catch (Exception broken) when (done >= Progress && broken is IOException or OperationCanceledException)
        {
            return done;
        }

        return done == bytes.Length || done >= Progress ? done : throw new TransientException("broke the connection off");
    }

    private static string? EntityTag(HttpResponseMessage response) => Header(response.Headers, "ETag");

    private static string? Header(HttpHeaders headers, string name)
        => headers.NonValidated.TryGetValues(name, out HeaderStringValues values) && values.ToString() is { Length: > 0 } value ? value : null;
}
