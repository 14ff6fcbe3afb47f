namespace Recon.ObjectStorage.Requests;

/// <summary>A request that may succeed when it is made again.</summary>
/// <param name="why">What came of it: the part of a sentence after the server's name.</param>
/// <param name="retryAfter">How long the server wants to be left alone.</param>
internal sealed class TransientException(string why, TimeSpan? retryAfter = null, Exception? innerException = null) : Exception(why, innerException)
{
    public TimeSpan? RetryAfter => retryAfter;
}
