namespace Recon.Postgres.Push;

/// <summary>Somebody asked all pushes of the account to stop.</summary>
/// <param name="by">Who.</param>
internal sealed class PushStoppedException(string by) : Exception($"{by} asked for all pushes of this account to stop ('recon push --stop').");
