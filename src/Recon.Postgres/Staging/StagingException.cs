namespace Recon.Postgres.Staging;

/// <summary>The staging schema is not as recon needs it. The message names the thing and the way out; exit code 2.</summary>
/// <param name="message">What is wrong and what to do.</param>
public sealed class StagingException(string message) : Exception(message);
