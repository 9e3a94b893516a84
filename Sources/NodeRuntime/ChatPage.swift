public import Gateway
import Toolbox

/// The page that every node serves at `/`: a small client for two browser tabs.
public enum ChatPage {
    public static let files: [StaticPage] = [
        StaticPage(
            path: "/", contentType: "text/html; charset=utf-8",
            body: Bytes(PackageResources.index_html)),
        StaticPage(
            path: "/style.css", contentType: "text/css; charset=utf-8",
            body: Bytes(PackageResources.style_css)),
        StaticPage(
            path: "/app.js", contentType: "text/javascript; charset=utf-8",
            body: Bytes(PackageResources.app_js)),
        StaticPage(
            path: "/icon.svg", contentType: "image/svg+xml",
            body: Bytes(PackageResources.icon_svg)),
    ]
}
