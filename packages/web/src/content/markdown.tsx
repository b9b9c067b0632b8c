import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { limitDepth } from './markdown-limits.ts';
import { safeLink } from './safe-link.ts';

const COMPONENTS: Components = {
  a: ({ href, children }) => {
    const link = safeLink(href);
    return link ? (
      <a href={link} target="_blank" rel="noopener noreferrer" title={link}>
        {children}
      </a>
    ) : (
      <span title={href}>{children}</span>
    );
  },
  // Untrusted text must not cause requests, so an image is shown as a link to it.
  img: ({ src, alt }) => {
    const link = safeLink(src);
    return link ? (
      <a href={link} target="_blank" rel="noopener noreferrer" title={link}>
        image: {alt || link}
      </a>
    ) : (
      <span>image: {alt}</span>
    );
  },
  pre: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: keyboard users must be able to scroll this element.
    <pre tabIndex={0}>{children}</pre>
  ),
};

/** Renders untrusted Markdown: no HTML, no images, and only links with http, https and mailto. */
export function Markdown({ text }: { text: string }) {
  return (
    <div className="prose-message">
      <ReactMarkdown
        remarkPlugins={[remarkGfm, limitDepth]}
        urlTransform={(url) => safeLink(url) ?? ''}
        components={COMPONENTS}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
}
