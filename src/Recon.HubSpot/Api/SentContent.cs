using System.Net;
using System.Net.Http.Headers;

namespace Recon.HubSpot.Api;

/// <summary>A body that knows whether it began to leave: before that, HubSpot cannot have carried out the call.</summary>
internal sealed class SentContent : HttpContent
{
    private readonly byte[] _body;

    public SentContent(byte[] body)
    {
        _body = body;
        Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
    }

    public bool Started { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Started = true;
        return stream.WriteAsync(_body, cancellationToken).AsTask();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
