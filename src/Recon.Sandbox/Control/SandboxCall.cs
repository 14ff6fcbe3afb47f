using Recon.Sandbox.Traps;

namespace Recon.Sandbox.Control;

/// <summary>A request that came, and what became of it.</summary>
/// <param name="Path">The path with its query.</param>
/// <param name="Status">The status that was sent; <see langword="null"/> when the connection was cut before one was.</param>
/// <param name="Answer">The body that was, or would have been, sent.</param>
/// <param name="Traps">Those that acted on it.</param>
internal sealed record SandboxCall(
    long No, string Method, string Path, CallKind Kind, string Request, int? Status, string Answer, IReadOnlyList<SandboxTrap> Traps);
