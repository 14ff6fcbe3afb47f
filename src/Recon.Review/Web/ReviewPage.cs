namespace Recon.Review.Web;

/// <summary>A page, with all that it answers to.</summary>
/// <param name="Title">What the navigation calls it.</param>
/// <param name="Path">Where it begins.</param>
internal sealed record ReviewPage(string Title, string Path, Action<ReviewRoutes> Map);
