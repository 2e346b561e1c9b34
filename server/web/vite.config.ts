import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Font packages still list a WOFF twin for browsers that Carrel's page does not run in; leaving it out halves the build. */
const woff2Only: Plugin = {
  name: 'woff2-only',
  enforce: 'pre',
  transform(code, id) {
    if (!/@fontsource.*\.css$/.test(id)) return null;
    return { code: code.replace(/,\s*url\([^)]+\.woff\) format\('woff'\)/g, ''), map: null };
  },
};

export default defineConfig({
  base: '/',
  plugins: [woff2Only, react(), tailwindcss()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // The content policy allows no data: fonts, so nothing is inlined.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 400,
  },
  server: { proxy: { '/api': 'http://localhost:8080' } },
});
