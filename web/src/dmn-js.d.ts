// What is used of the decision editor, which brings no types.
declare module 'dmn-js/lib/Modeler' {
  export interface View { element: { $type: string; id?: string; name?: string }; id?: string; name?: string; type: string }
  export default class Modeler {
    constructor(o: { container: HTMLElement; common?: unknown; [more: string]: unknown })
    importXML(xml: string): Promise<{ warnings: unknown[] }>
    saveXML(o: { format: boolean }): Promise<{ xml: string }>
    getViews(): View[]
    getActiveView(): View | undefined
    getActiveViewer(): { get(name: string, strict?: boolean): any } | undefined
    open(view: View): Promise<unknown>
    on(event: string, f: (e: any) => void): void
    destroy(): void
  }
}
